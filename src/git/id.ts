// Object ids, computed from the bytes at hand: what Git's database, a replace ref or the commit-graph says is not taken.
import { createHash } from 'node:crypto'

/** The hash of a repository's object ids. */
export type ObjectAlgorithm = 'sha1' | 'sha256'
export type ObjectType = 'commit' | 'tag' | 'tree' | 'blob'

/** Lower-case hexadecimal id of an object with these contents. SHA-1 collisions are *not* looked for. */
export function objectId(type: ObjectType, bytes: Uint8Array, algorithm: ObjectAlgorithm): string {
  return createHash(algorithm).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex')
}

/** Whether `text` is a full id of `algorithm`, as a header holds it. */
export function isObjectId(text: string, algorithm: ObjectAlgorithm): boolean {
  return text.length === (algorithm === 'sha1' ? 40 : 64) && /^[0-9a-f]*$/.test(text)
}

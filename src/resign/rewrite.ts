// A commit with other parents and a new signature: everything else stays, byte for byte, dates, encoding, further headers
// and mergetags included.
import { Buffer } from 'node:buffer'
import { malformed } from '../errors.ts'
import { readHeader } from '../git/header.ts'
import { type ObjectAlgorithm, objectId } from '../git/id.ts'
import { joinCommit } from '../git/object.ts'

/** A commit as it is about to be stored. */
export interface NewCommit {
  readonly oid: string
  readonly bytes: Uint8Array
}

/**
 * The payload with each parent that has a new id under that id. Lengths are equal, so no other byte moves. Throws `parse`
 * where a parent is no id of the same length.
 */
export function replaceParents(payload: Uint8Array, renamed: ReadonlyMap<string, string>): Uint8Array {
  const copy = Buffer.from(payload)
  const [, ...rest] = readHeader(payload)
  const end = rest.findIndex((line) => line.name !== 'parent')
  for (const line of rest.slice(0, end < 0 ? rest.length : end)) {
    const old = line.raw.slice('parent '.length, -1)
    const id = renamed.get(old)
    if (id === undefined) continue
    if (id.length !== old.length) throw malformed('commit', 'a parent of another length')
    copy.write(id, line.start + 'parent '.length, 'latin1')
  }
  return copy
}

/** The commit that Git stores for a payload and its signature. */
export function signedCommit(payload: Uint8Array, armored: Uint8Array, algorithm: ObjectAlgorithm): NewCommit {
  const bytes = joinCommit(payload, armored, algorithm)
  return { oid: objectId('commit', bytes, algorithm), bytes }
}

// The object that a command names, cut into what was signed and the signature.
import { decodeLatin1 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { objectId } from '../git/id.ts'
import { type Split, splitCommit, splitPushCertificate, splitTag } from '../git/object.ts'
import type { Subject } from '../report/json.ts'
import { findPerson } from '../report/people.ts'
import { type GitObject, readObject } from '../system/git-object.ts'
import type { World } from '../system/world.ts'

export interface SignedObject {
  readonly subject: Subject
  /** All of the object, signature included. */
  readonly bytes: Uint8Array
  readonly split: Split
}

/**
 * Reads and splits the commit, tag or push certificate that `rev` names.
 * @param compatible the repository also keeps signatures of the other object format
 * @throws `git` for what is missing or whose bytes do not hash to its id, `usage` for what is never signed
 */
export async function readSigned(world: World, rev: string, compatible: boolean): Promise<SignedObject> {
  const object = await readObject(world, rev)
  // Git checks no hash when it reads: a damaged or planted pack must not pass for the object that was asked for.
  if (objectId(object.type, object.bytes, object.algorithm) !== object.oid)
    throw new Fault('git', `${object.oid} is damaged: its bytes have another id`)
  const { kind, split } = splitObject(object, rev, compatible)
  const person = findPerson(split.payload)
  return { split, bytes: object.bytes, subject: { object: object.oid, kind, algorithm: object.algorithm, person } }
}

/** Why the signature cannot be looked at, for a `format` rejection; undefined where it can. */
export function splitProblem({ split, subject }: Pick<SignedObject, 'split' | 'subject'>): string | undefined {
  if (split.problem !== undefined) return split.problem
  if (split.signature === undefined) return `the ${subject.kind} is not signed`
  if (split.format === 'x509') return undefined
  return `the ${subject.kind} is signed with ${split.format ?? 'an unknown format'}, not x509`
}

function splitObject(
  { type, bytes, algorithm, oid }: GitObject,
  rev: string,
  compatible: boolean,
): { readonly kind: Subject['kind']; readonly split: Split } {
  if (type === 'commit') return { kind: 'commit', split: splitCommit(bytes, algorithm, { compatible }) }
  if (type === 'tag') return { kind: 'tag', split: splitTag(bytes, algorithm, { compatible }) }
  if (type === 'blob' && decodeLatin1(bytes.subarray(0, 20)) === 'certificate version ')
    return { kind: 'push certificate', split: splitPushCertificate(bytes) }
  throw new Fault('usage', `${rev} names a ${type} (${oid}), which is never signed`)
}

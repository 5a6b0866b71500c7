// The object that a command names, cut into what was signed and the signature, with the tags that a merge carries.
import { Fault } from '../errors.ts'
import { objectId } from '../git/id.ts'
import type { Split } from '../git/object.ts'
import { type Place, placesIn } from '../history/places.ts'
import type { Subject } from '../report/json.ts'
import { findPerson } from '../report/people.ts'
import { readObject } from '../system/git-object.ts'
import type { World } from '../system/world.ts'

export interface SignedObject {
  readonly subject: Subject
  /** All of the object, signature included. */
  readonly bytes: Uint8Array
  readonly split: Split
  /** The tags that a merge carries. */
  readonly carried: readonly SignedObject[]
}

/**
 * Reads and splits the commit, tag or push certificate that `rev` names.
 * @param compatible the repository also keeps signatures of the other object format
 * @throws `git` for what is missing or whose bytes do not hash to its id, `usage` for what is never signed
 */
export async function readSigned(world: World, rev: string, compatible: boolean): Promise<SignedObject> {
  const object = await readObject(world, rev)
  const { oid, type, algorithm } = object
  // Git checks no hash when it reads: a damaged or planted pack must not pass for the object that was asked for.
  if (objectId(type, object.bytes, algorithm) !== oid)
    throw new Fault('git', `${oid} is damaged: its bytes have another id`)
  const [own, ...tags] = placesIn(object, { algorithm, compatible })
  if (own === undefined) throw new Fault('usage', `${rev} names a ${type} (${oid}), which is never signed`)
  const carried = tags.map((tag): SignedObject => ({ ...signedAt(tag, algorithm, oid), carried: [] }))
  return { ...signedAt(own, algorithm), carried }
}

function signedAt({ oid, kind, bytes, split }: Place, algorithm: Subject['algorithm'], within?: string) {
  const subject: Subject = {
    object: oid,
    kind,
    algorithm,
    person: findPerson(split.payload),
    ...(within === undefined ? {} : { within }),
  }
  return { subject, bytes, split }
}

/** Why the signature cannot be looked at, for a `format` rejection; undefined where it can. */
export function splitProblem({ split, subject }: Pick<SignedObject, 'split' | 'subject'>): string | undefined {
  if (split.problem !== undefined) return split.problem
  if (split.signature === undefined) return `the ${subject.kind} is not signed`
  if (split.format === 'x509') return undefined
  return `the ${subject.kind} is signed with ${split.format ?? 'an unknown format'}, not x509`
}

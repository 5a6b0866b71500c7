// What the signature of an object in the repository proves, without asking who may have made it.

import { Fault } from '../errors.ts'
import { objectId } from '../git/id.ts'
import { type Split, splitCommit, splitPushCertificate, splitTag } from '../git/object.ts'
import { gitValue } from '../system/git-config.ts'
import type { GitObject } from '../system/git-object.ts'
import { readObjects } from '../system/git-objects.ts'
import type { Instances } from '../trust/choice-client.ts'
import { type Facts, factsOf } from '../verify/facts.ts'
import { type Configured, verifyArmored } from './assessor.ts'

/** Reads an object whose bytes must hash to its id. Throws `git` where it is missing or damaged. */
export async function readSound({ world }: Pick<Configured, 'world'>, oid: string): Promise<GitObject> {
  const [object] = await readObjects(world, [oid])
  if (object === undefined) throw new Fault('git', `no such object: ${oid}`)
  return checkSound(object)
}

/** Git checks no hash when it reads. */
export function checkSound(object: GitObject): GitObject {
  if (objectId(object.type, object.bytes, object.algorithm) === object.oid) return object
  throw new Fault('git', `${object.oid} is damaged: its bytes have another id`)
}

/** Cuts an object in two; undefined for what is never signed. */
export function splitSigned({ git }: Pick<Configured, 'git'>, object: GitObject): Split | undefined {
  const compatible = gitValue(git, 'extensions.compatobjectformat') !== undefined
  const { type, bytes, algorithm } = object
  if (type === 'commit') return splitCommit(bytes, algorithm, { compatible })
  if (type === 'tag') return splitTag(bytes, algorithm, { compatible })
  return type === 'blob' ? splitPushCertificate(bytes) : undefined
}

/** What is proven; undefined where there is no such signature, or it is not accepted. */
export function factsOfSplit(
  instances: Instances,
  configured: Configured,
  split: Split | undefined,
): Facts | undefined {
  if (split?.signature === undefined || split.problem !== undefined || split.format !== 'x509') return undefined
  const { verdict, name } = verifyArmored(instances, configured, { payload: split.payload, armored: split.signature })
  return verdict.ok ? factsOf(verdict, name) : undefined
}

// The signatures that an object holds: its own, and of a merge commit those of the signed tags that it carries. Refuses
// bytes that do not hash to the object's id.
import { Fault } from '../errors.ts'
import { type ObjectAlgorithm, objectId } from './id.ts'
import type { SignedBytes } from './logged-id.ts'
import { mergeTags, type Split, splitCommit, splitTag } from './object.ts'

export interface HeldSignature {
  /** Of a mergetag the id of the tag that is carried. */
  readonly oid: string
  readonly kind: 'commit' | 'tag' | 'mergetag'
  readonly object: SignedBytes
  readonly split: Split
}

interface RawObject {
  readonly oid: string
  readonly type: string
  readonly bytes: Uint8Array
  readonly algorithm: ObjectAlgorithm
}

/** None for trees and blobs. Throws `git` for an object that is damaged. */
export function signaturesIn({ oid, type, bytes, algorithm }: RawObject): readonly HeldSignature[] {
  if (type !== 'commit' && type !== 'tag') return []
  // Git checks no hash when it reads.
  if (objectId(type, bytes, algorithm) !== oid) throw new Fault('git', `${oid} is damaged: its bytes have another id`)
  const own = signatureOf(oid, type, { type, bytes, algorithm })
  if (type === 'tag') return [own]
  const tags = mergeTags(bytes).map((tag) =>
    signatureOf(objectId('tag', tag, algorithm), 'mergetag', { type: 'tag', bytes: tag, algorithm }),
  )
  return [own, ...tags]
}

function signatureOf(oid: string, kind: HeldSignature['kind'], object: SignedBytes): HeldSignature {
  const split = object.type === 'tag' ? splitTag : splitCommit
  return { oid, kind, object, split: split(object.bytes, object.algorithm, { compatible: true }) }
}

// The signature places of an object: the commit or tag itself, the tags that a merge carries, a push certificate. Cut by
// the same readers as a single verification's.
import { Buffer } from 'node:buffer'
import { decodeLatin1 } from '../bytes.ts'
import { contentsOf, type Frame } from '../git/frames.ts'
import { type ObjectAlgorithm, objectId } from '../git/id.ts'
import { mergeTags, type Split, splitCommit, splitPushCertificate, splitTag } from '../git/object.ts'
import type { PlaceKind } from './record.ts'

/** How a repository keeps its objects. */
export interface Format {
  readonly algorithm: ObjectAlgorithm
  /** It also keeps signatures of the other object format. */
  readonly compatible: boolean
}

export interface Place {
  readonly kind: PlaceKind
  readonly oid: string
  /** The commit or tag, or the tag that a merge carries, whole. */
  readonly bytes: Uint8Array
  readonly split: Split
}

/** An object's bytes, without the header. */
interface Contents {
  readonly oid: string
  readonly type: Frame['type'] | undefined
  readonly bytes: Uint8Array
}

/** Of an id. */
const DIGITS: Readonly<Record<ObjectAlgorithm, number>> = { sha1: 40, sha256: 64 }
const PARENT = Buffer.from('parent ', 'latin1')

/** The object itself first; none for what is never signed. */
export function placesOf(frame: Frame, format: Format): readonly Place[] {
  return placesIn({ oid: frame.oid, type: frame.type, bytes: contentsOf(frame) }, format)
}

/** The same, of an object without the header by which its id is made. */
export function placesIn({ oid, type, bytes }: Contents, format: Format): readonly Place[] {
  if (type === 'commit')
    return [commitPlace(oid, bytes, format), ...mergeTags(bytes).map((tag) => mergedTag(tag, format))]
  if (type === 'tag') return [{ kind: 'tag', oid, bytes, split: splitTag(bytes, format.algorithm, format) }]
  if (type === 'blob' && isPushCertificate(bytes))
    return [{ kind: 'push certificate', oid, bytes, split: splitPushCertificate(bytes) }]
  return []
}

function isPushCertificate(bytes: Uint8Array): boolean {
  return decodeLatin1(bytes.subarray(0, 20)) === 'certificate version '
}

/** Whether there is anything to look for: without these words no header and no block can be a signature or a tag. */
export function mayBeSigned({ type, framed, start }: Frame): boolean {
  return type === 'commit' ? hasRareHeader(framed, start) : framed.includes('-----BEGIN ')
}

/** Whether a header begins as `gpgsig`, `gpgsig-sha256` and `mergetag` do; those that every commit has do not. */
function hasRareHeader(framed: Buffer, start: number): boolean {
  for (let at = start; at < framed.length && framed[at] !== 0x0a; ) {
    if (framed[at] === 0x67 || framed[at] === 0x6d) return true
    const end = framed.indexOf(0x0a, at)
    if (end === -1) return false
    at = end + 1
  }
  return false
}

/** The parents that a commit's raw bytes name, where Git reads them: behind the tree, one a line. */
export function parentsOf(frame: Frame, algorithm: ObjectAlgorithm): readonly string[] {
  return parentOffsets(frame, algorithm).map((at) => idAt(frame, at, algorithm))
}

/** Where in `framed` their ids begin: for who needs no text of each. */
export function parentOffsets({ framed, start }: Frame, algorithm: ObjectAlgorithm): readonly number[] {
  const digits = DIGITS[algorithm]
  const offsets: number[] = []
  for (let at = start + 'tree '.length + digits + 1; isParent(framed, at); at += PARENT.length + digits + 1)
    offsets.push(at + PARENT.length)
  return offsets
}

export function idAt({ framed }: Frame, at: number, algorithm: ObjectAlgorithm): string {
  return framed.toString('latin1', at, at + DIGITS[algorithm])
}

function isParent(framed: Buffer, at: number): boolean {
  for (let i = 0; i < PARENT.length; i++) if (framed[at + i] !== PARENT[i]) return false
  return true
}

function commitPlace(oid: string, bytes: Uint8Array, format: Format): Place {
  return { kind: 'commit', oid, bytes, split: splitCommit(bytes, format.algorithm, format) }
}

function mergedTag(bytes: Uint8Array, format: Format): Place {
  const { algorithm } = format
  return { kind: 'mergetag', oid: objectId('tag', bytes, algorithm), bytes, split: splitTag(bytes, algorithm, format) }
}

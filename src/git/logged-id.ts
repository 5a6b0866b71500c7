// The ids under which a signature made in online mode was logged (formats: section 2): the object's own, and those that
// gitsign computed wrongly. All are made from the signed bytes and the signature, so that no id is anybody's word.
import { Buffer } from 'node:buffer'
import { concatBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { headerLength, readHeader } from './header.ts'
import { type ObjectAlgorithm, objectId } from './id.ts'
import { joinCommit, joinTag } from './object.ts'

/** A commit or tag with its signature, as it lies in a repository. */
export interface SignedBytes {
  readonly type: 'commit' | 'tag'
  readonly bytes: Uint8Array
  readonly algorithm: ObjectAlgorithm
}

/**
 * The object that Git makes of what it had signed, as its door tells neither type nor id. Undefined for a push certificate,
 * which is no object before it is received, and for what is none of Git's.
 */
export function rebuildObject(payload: Uint8Array, signature: Uint8Array): SignedBytes | undefined {
  const [, name, id = ''] = /^(tree|object) ([0-9a-f]{40}|[0-9a-f]{64})\n/.exec(latin1(payload.subarray(0, 80))) ?? []
  if (name === undefined) return undefined
  const algorithm = id.length === 40 ? 'sha1' : 'sha256'
  if (name === 'object') return { type: 'tag', bytes: joinTag(payload, signature), algorithm }
  const bytes = unlessMalformed(() => joinCommit(payload, signature, algorithm))
  return bytes && { type: 'commit', bytes, algorithm }
}

function unlessMalformed(make: () => Uint8Array): Uint8Array | undefined {
  try {
    return make()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}

/**
 * Every id to look for, the object's own first, none twice. Forms that a malformed header cannot be brought into have none.
 * @param payload what was signed of `object`, and `signature` the rest
 */
export function loggedIds(object: SignedBytes, payload: Uint8Array, signature: Uint8Array): readonly string[] {
  const { type, bytes, algorithm } = object
  const ids = [objectId(type, bytes, algorithm)]
  // gitsign knows SHA-1 alone, in repositories of SHA-256 too.
  for (const make of type === 'tag' ? tagForms(payload, signature) : commitForms(payload, signature)) {
    const form = unlessMalformed(make)
    if (form !== undefined) ids.push(objectId(type, form, 'sha1'))
  }
  return [...new Set(ids)]
}

// 0.16.0 and 0.16.1 put the signature of a tag where that of a commit stands.
function tagForms(payload: Uint8Array, signature: Uint8Array): readonly (() => Uint8Array)[] {
  return [() => joinTag(payload, signature), () => joinAsCommit(payload, signature)]
}

// Before 0.16.0 a commit was decoded and written again: without headers that the decoder did not keep, and with a zone of
// -0000 as +0000.
function commitForms(payload: Uint8Array, signature: Uint8Array): readonly (() => Uint8Array)[] {
  const plain = withoutExtraHeaders(payload)
  const forms = [payload, plain, withPlainZones(payload), withPlainZones(plain)]
  return forms.map((form) => () => joinAsCommit(form, signature))
}

function joinAsCommit(payload: Uint8Array, signature: Uint8Array): Uint8Array {
  return joinCommit(payload, signature, 'sha1')
}

const KEPT: readonly string[] = ['tree', 'parent', 'author', 'committer']

function withoutExtraHeaders(payload: Uint8Array): Uint8Array {
  const kept = readHeader(payload).filter(({ name }) => KEPT.includes(name))
  const body = payload.subarray(headerLength(payload))
  return concatBytes(...kept.map(({ raw }) => Buffer.from(raw, 'latin1')), body)
}

function withPlainZones(payload: Uint8Array): Uint8Array {
  const end = headerLength(payload)
  const header = latin1(payload.subarray(0, end)).replace(/^((?:author|committer) .*) -0000$/gm, '$1 +0000')
  return concatBytes(Buffer.from(header, 'latin1'), payload.subarray(end))
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

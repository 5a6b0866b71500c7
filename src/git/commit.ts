// What the raw bytes of a commit or tag say: tree, parents, people. Read from the bytes that were hashed, because grafts,
// replace refs and the commit-graph may say otherwise. Order as in Git's parse_commit_buffer and parse_tag_buffer.
import { Buffer } from 'node:buffer'
import { malformed } from '../errors.ts'
import { type HeaderLine, headerLength, readHeader } from './header.ts'
import { isObjectId, type ObjectAlgorithm } from './id.ts'

export interface CommitHeader {
  readonly tree: string
  readonly parents: readonly string[]
  /** The raw lines without their names; the signer writes them, so they prove nothing. */
  readonly author: Uint8Array
  readonly committer: Uint8Array
}

export interface TagHeader {
  readonly object: string
  readonly type: string
  readonly tag: string
  readonly tagger: Uint8Array | undefined
}

/** A person's line in parts. */
export interface Person {
  readonly name: string
  readonly email: string
  /** Seconds since 1970, by the writer's word. */
  readonly time: number | undefined
}

/** Throws `parse` where tree, parents, author and committer do not stand in this order, each once. */
export function parseCommitHeader(bytes: Uint8Array, algorithm: ObjectAlgorithm): CommitHeader {
  const [tree, ...rest] = readHeader(bytes)
  const count = rest.findIndex((line) => line.name !== 'parent')
  const parents = rest.slice(0, count === -1 ? rest.length : count)
  const [author, committer] = rest.slice(parents.length)
  return {
    tree: idOf(tree, 'tree', algorithm),
    parents: parents.map((line) => idOf(line, 'parent', algorithm)),
    author: fieldOf(author, 'author'),
    committer: fieldOf(committer, 'committer'),
  }
}

/** Throws `parse` where object, type and tag do not stand in this order; old tags lack a tagger. */
export function parseTagHeader(bytes: Uint8Array, algorithm: ObjectAlgorithm): TagHeader {
  const [object, type, tag, tagger] = readHeader(bytes)
  return {
    object: idOf(object, 'object', algorithm),
    type: textOf(fieldOf(type, 'type')),
    tag: textOf(fieldOf(tag, 'tag')),
    tagger: tagger?.name === 'tagger' ? fieldOf(tagger, 'tagger') : undefined,
  }
}

/** What follows the empty line after the header. */
export function messageOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(headerLength(bytes) + 1)
}

/** `Name <email> seconds zone`, roughly as Git's split_ident_line does. Throws `parse` without an email. */
export function parsePerson(line: Uint8Array): Person {
  const text = textOf(line)
  const open = text.indexOf('<')
  const close = text.indexOf('>', open)
  if (open === -1 || close === -1) throw malformed('person', 'no email address')
  const seconds = /^ (\d{1,15})(?: |$)/.exec(text.slice(text.lastIndexOf('>') + 1))?.[1]
  return {
    name: text.slice(0, open).trim(),
    email: text.slice(open + 1, close),
    time: seconds === undefined ? undefined : Number(seconds),
  }
}

function idOf(line: HeaderLine | undefined, name: string, algorithm: ObjectAlgorithm): string {
  const id = textOf(fieldOf(line, name))
  if (!isObjectId(id, algorithm)) throw malformed('object', `${name} is no object id`)
  return id
}

function fieldOf(line: HeaderLine | undefined, name: string): Uint8Array {
  if (line?.name !== name || line.raw[name.length] !== ' ') throw malformed('object', `no ${name} where one belongs`)
  return Buffer.from(line.raw.slice(name.length + 1).replace(/\n$/, ''), 'latin1')
}

/** Text that is shown and compared; bytes that are not UTF-8 become replacement characters and equal no email address. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

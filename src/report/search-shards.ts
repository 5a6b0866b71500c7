// The parts of one search of a log, as `log search --shard I/N --json` writes them: read back strictly, and put together only
// where they are of the same log, tree, range and question, each part once and none missing.
import { hash } from 'node:crypto'
import { Fault, malformed } from '../errors.ts'
import { logEntryFromJson } from '../rekor/entry-json.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { type JsonObject, jsonObject, objectOf, textOf } from '../trust/json.ts'
import { countOf } from './document.ts'

/** What a part says of itself. */
export interface SearchPart {
  readonly log: string
  readonly origin: string
  readonly size: number
  readonly root: string
  /** What all parts read together. */
  readonly from: number
  readonly to: number
  readonly shard: { readonly index: number; readonly of: number }
  /** What this one read. */
  readonly part: { readonly from: number; readonly to: number }
  /** SHA-256 of what was looked for. */
  readonly wanted: string
  /** False where it ended at its limit. */
  readonly complete: boolean
}

/** A part, by the file that holds it. */
export interface NamedPart {
  readonly name: string
  readonly part: SearchPart
  readonly entries: readonly NamedEntry[]
}

/** Stands for a question: parts of two questions are no search. */
export function digestOfWanted(wanted: object): string {
  return hash(
    'sha256',
    JSON.stringify(wanted, (_, value) => (value instanceof Uint8Array ? [...value] : value)),
  )
}

/** Reads the document of one part. Throws `parse`. */
export function readSearchPart(document: JsonObject): Omit<NamedPart, 'name'> {
  const scan = objectOf(document, 'scan')
  const shard = objectOf(scan, 'shard')
  const own = objectOf(scan, 'part')
  const complete = scan.fields.get('complete')
  if (typeof complete !== 'boolean') throw malformed(scan.what, 'complete is not true or false')
  const part = {
    log: textOf(scan, 'log'),
    origin: textOf(scan, 'origin'),
    size: countOf(scan, 'size'),
    root: textOf(scan, 'root'),
    from: countOf(scan, 'from'),
    to: countOf(scan, 'to'),
    shard: { index: countOf(shard, 'index'), of: countOf(shard, 'of') },
    part: { from: countOf(own, 'from'), to: countOf(own, 'to') },
    wanted: textOf(scan, 'wanted'),
    complete,
  }
  if (part.shard.index < 1 || part.shard.index > part.shard.of) throw malformed(scan.what, 'no such shard')
  return { part, entries: readEntries(document, part.part) }
}

/** Throws `usage` where they are not the parts of one search, all of them. Gives them in their order. */
export function checkSearchParts(parts: readonly NamedPart[]): readonly NamedPart[] {
  const [first, ...others] = parts
  if (first === undefined) throw new Fault('usage', 'expected the JSON documents of at least one search')
  for (const { name, part } of parts)
    if (!part.complete) throw new Fault('usage', `${name} ended at its --limit: what comes after that is not known`)
  for (const other of others)
    for (const [what, of] of SAME)
      if (of(first.part) !== of(other.part))
        throw new Fault('usage', `${other.name} has another ${what} than ${first.name}`, {
          hint: 'all shards have to be of one search: the same command with the same --at or --checkpoint',
        })
  const sorted = inOrder(parts, first.part.shard.of)
  checkSeamless(sorted)
  return sorted
}

const SAME: readonly (readonly [what: string, of: (part: SearchPart) => unknown])[] = [
  ['log', ({ log, origin }) => `${log} ${origin}`],
  ['head', ({ size, root }) => `${size} ${root}`],
  ['range', ({ from, to }) => `${from} ${to}`],
  ['number of shards', ({ shard }) => shard.of],
  ['question', ({ wanted }) => wanted],
]

function inOrder(parts: readonly NamedPart[], of: number): readonly NamedPart[] {
  const byIndex = new Map<number, NamedPart>()
  for (const one of parts) {
    const { index } = one.part.shard
    const before = byIndex.get(index)
    if (before !== undefined)
      throw new Fault('usage', `${one.name} is shard ${index} of ${of} again, as is ${before.name}`)
    byIndex.set(index, one)
  }
  if (byIndex.size < of) {
    const missing = Array.from({ length: Math.min(of, 10_000) }, (_, at) => at + 1).filter((at) => !byIndex.has(at))
    const named = missing.slice(0, 20).join(', ')
    throw new Fault('usage', `shard ${named} of ${of} is missing${missing.length > 20 ? ', and more' : ''}`)
  }
  return [...byIndex].sort(([a], [b]) => a - b).map(([, one]) => one)
}

function checkSeamless(sorted: readonly NamedPart[]): void {
  let reached: number | undefined
  for (const { name, part } of sorted) {
    if (part.part.from !== (reached ?? part.from))
      throw new Fault('usage', `${name} does not begin where the one before it ends`)
    reached = part.part.to
    if (part.shard.index === part.shard.of && reached !== part.to)
      throw new Fault('usage', `${name} does not end where the range does`)
  }
}

function readEntries(document: JsonObject, { from, to }: SearchPart['part']): readonly NamedEntry[] {
  const entries = document.fields.get('entries')
  if (!Array.isArray(entries)) throw malformed(document.what, 'entries is not a list')
  return entries.map((value: unknown, i) => {
    const what = `${document.what}: entry ${i}`
    const member = jsonObject(value, what)
    const entry = logEntryFromJson(member.fields.get('entry'))
    const place = entry.proof?.logIndex ?? -1n
    // What is another part's is in its document too: it would be counted twice.
    if (place < BigInt(from) || place >= BigInt(to)) throw malformed(what, 'it is of another shard')
    return { uuid: textOf(member, 'uuid'), entry }
  })
}

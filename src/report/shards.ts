// Whether the parts of one run belong together: the same range, tips, trust, judges and program, each part once and none
// missing. What differs would put a verdict under a heading that it was not found under.
import { Fault } from '../errors.ts'
import type { RunStart } from './form.ts'
import type { RunEnd } from './run-parse.ts'

/** One part, by the file that holds it. */
export interface Part {
  readonly name: string
  readonly start: RunStart
  readonly end: RunEnd
}

/** What parts of one run have in common, and how each is called in a message. */
const SAME: readonly (readonly [what: string, of: (part: Part) => unknown])[] = [
  ['version of the program', ({ start }) => start.version],
  ['range', ({ start }) => start.range],
  ['set of refs and revisions', ({ start: { tips, moreTips } }) => [tips, moreTips]],
  ['trusted root', ({ start }) => start.trust],
  ['policy', ({ start }) => [start.policy, start.isExpected]],
  ['number of shards', ({ start }) => start.shard?.of],
  ['set of objects', ({ end }) => end.walk],
]

/** Throws `usage` where they are not the parts of one run, all of them. */
export function checkParts(parts: readonly Part[]): void {
  const [first, ...others] = parts
  if (first === undefined)
    throw new Fault('usage', 'expected the JSON lines of at least one run', {
      hint: 'gitsigil verify RANGE --shard 1/2 --report jsonl=1.jsonl writes one part of them',
    })
  for (const other of others)
    for (const [what, of] of SAME)
      if (JSON.stringify(of(first)) !== JSON.stringify(of(other)))
        throw new Fault('usage', `${other.name} has another ${what} than ${first.name}`, {
          hint: 'all shards have to be of one run: the same command on the same repository',
        })
  checkWhole(parts, first.start.shard?.of)
}

function checkWhole(parts: readonly Part[], of: number | undefined): void {
  if (of === undefined && parts.length > 1) throw new Fault('usage', 'these are whole runs, not shards of one')
  const byIndex = new Map<number, string>()
  for (const { name, start } of parts) {
    const index = start.shard?.index ?? 1
    const before = byIndex.get(index)
    if (before !== undefined) throw new Fault('usage', `${name} is shard ${index} of ${of} again, as is ${before}`)
    byIndex.set(index, name)
  }
  const missing = Array.from({ length: of ?? 1 }, (_, at) => at + 1).filter((index) => !byIndex.has(index))
  if (missing.length === 0) return
  const named = missing.slice(0, 20).join(', ')
  throw new Fault('usage', `shard ${named} of ${of} is missing${missing.length > 20 ? ', and more' : ''}`)
}

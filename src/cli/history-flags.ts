// The flags by which `verify` becomes a run over a history, and what they ask for.
import { availableParallelism } from 'node:os'
import { Fault } from '../errors.ts'
import { parseSince } from '../history/since.ts'
import type { Shard } from '../history/summary.ts'
import { quoteShell } from '../quote.ts'
import { readNamed } from '../system/git-tips.ts'
import type { World } from '../system/world.ts'
import { type FlagTable, flagValue, isSet, type ParsedFlags } from './flags.ts'

export const HISTORY_FLAGS: FlagTable = {
  history: { kind: 'switch', help: 'a revision and all that it reaches, where no range is given' },
  all: { kind: 'switch', help: 'every ref and HEAD, with tag objects; notes and stashes are left out' },
  tags: { kind: 'switch', help: 'every tag, and the commits that tags reach' },
  'first-parent': { kind: 'switch', help: 'of a merge its first parent alone' },
  since: { kind: 'value', value: 'DATE', help: "commits from then on, by the committer's word" },
  stdin: { kind: 'switch', help: 'object ids from standard input, one a line; nothing is walked' },
  jobs: { kind: 'value', value: 'N', help: 'threads (default: as many as there are processors)' },
  'no-cache': { kind: 'switch', help: 'neither take facts of earlier runs nor keep any' },
  shard: { kind: 'value', value: 'I/N', help: 'part I of N of the range; the parts together are the whole' },
}

/** Those that ask for more than one object; the others only say how. */
const WIDENING = ['history', 'all', 'tags', 'first-parent', 'since', 'stdin', 'shard'] as const
const MAX_JOBS = 64
const MAX_SHARDS = 10_000

/** Whether more than one object is asked for. */
export function isHistory(flags: ParsedFlags): boolean {
  const { operands } = flags
  if (WIDENING.some((name) => flags.values.has(name))) return true
  return operands.length > 1 || operands.some(isRange)
}

/** Whether Git takes a word for more than one revision. */
export function isRange(operand: string): boolean {
  return operand.includes('..') || /^\^|\^[@!-]/.test(operand)
}

/** Throws `usage` for words that are not one revision, where a command is about one object. */
export function requireOne(world: World, words: readonly string[]): void {
  const range = words.find(isRange)
  if (range !== undefined)
    throw new Fault('usage', `${range} is a range, and this command takes one revision`, {
      hint: `${world.name} verify --format=text ${quoteShell(range)} tells of each object of it`,
    })
  if (words.length > 1) throw new Fault('usage', 'one revision at a time')
}

/** Refuses what says how to verify many where one object is named. Throws `usage`. */
export function checkSingle(flags: ParsedFlags): void {
  const given = Object.keys(HISTORY_FLAGS).find((name) => flags.values.has(name))
  if (given !== undefined)
    throw new Fault('usage', `--${given} is for a range, and one object is named`, {
      hint: '--history takes a revision and all that it reaches',
    })
}

/** Whether a report is asked for that one object has as a run of one. */
export function isReport(flags: ParsedFlags): boolean {
  return flags.values.has('format') || flags.values.has('report')
}

/** What the flags ask for; throws `usage`, and `git` for one object that is not there. */
export async function readHistoryFlags(world: World, flags: ParsedFlags) {
  const { operands } = flags
  const refs = isSet(flags, 'all') ? [''] : isSet(flags, 'tags') ? ['refs/tags'] : []
  const since = flagValue(flags, 'since')
  const shard = flagValue(flags, 'shard')
  const walked = ['history', 'all', 'tags', 'first-parent'].filter((name) => isSet(flags, name))
  const isListed = isSet(flags, 'stdin')
  if (isListed && (operands.length > 0 || walked.length > 0))
    throw new Fault('usage', '--stdin names every object itself: no revisions and no walk')
  const symmetric = operands.find((operand) => operand.includes('...'))
  if (symmetric !== undefined)
    throw new Fault('usage', `${symmetric}: a symmetric difference is no range to verify`, { hint: 'write A..B' })
  return {
    range: rangeText(flags),
    revisions: isListed || operands.length > 0 || refs.length > 0 ? operands : ['HEAD'],
    refs,
    firstParent: isSet(flags, 'first-parent'),
    cache: !isSet(flags, 'no-cache'),
    jobs: readJobs(flagValue(flags, 'jobs')),
    ...(isListed ? { listed: parseIds(await world.readStdin()) } : {}),
    ...(isHistory(flags) ? {} : await readOne(world, operands[0] ?? 'HEAD')),
    ...(since === undefined ? {} : { since: parseSince(since, world.now()) }),
    ...(shard === undefined ? {} : { shard: parseShard(shard) }),
  }
}

async function readOne(world: World, revision: string) {
  const [named] = await readNamed(world, [revision])
  return { revisions: [], range: revision, listed: new TextEncoder().encode(`${named?.oid}\n`) }
}

/** The range as it was asked for, without what only says how to go about it. */
function rangeText(flags: ParsedFlags): string {
  const switches = ['history', 'all', 'tags', 'first-parent', 'stdin'].filter((name) => isSet(flags, name))
  const since = flagValue(flags, 'since')
  const words = [...switches.map((name) => `--${name}`), ...(since === undefined ? [] : [`--since=${since}`])]
  const named = [...flags.operands, ...words].join(' ')
  return flags.operands.length > 0 || switches.some((name) => name !== 'first-parent' && name !== 'history')
    ? named
    : `HEAD ${named}`.trim()
}

/** Throws `usage`. */
export function readJobs(text: string | undefined): number {
  if (text === undefined) return Math.min(MAX_JOBS, Math.max(1, availableParallelism()))
  const jobs = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (jobs < 1 || jobs > MAX_JOBS) throw new Fault('usage', `--jobs: a number from 1 to ${MAX_JOBS}, not ${text}`)
  return jobs
}

/** Reads `I/N`. Throws `usage`. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (!(shard.index >= 1 && shard.index <= shard.of && shard.of <= MAX_SHARDS))
    throw new Fault('usage', `--shard: expected I/N with I from 1 to N, not ${text}`)
  return shard
}

// Checked here, because Git would take a name, and a name may be moved while it is read.
function parseIds(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes)
  const lines = text.split('\n')
  const end = lines.at(-1) === '' ? -1 : lines.length
  const ids = lines.slice(0, end)
  const bad = ids.findIndex((id) => !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id))
  if (bad >= 0) throw new Fault('usage', `standard input, line ${bad + 1}: not a full object id`)
  return new TextEncoder().encode(ids.map((id) => `${id}\n`).join(''))
}

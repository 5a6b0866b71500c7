// `log search|merge|get|verify|info|proof`: looks into transparency logs. Status 0 found, or in order; 1 nothing found, or
// not in order; 3 where a log did not answer.
import { toHex } from '../bytes.ts'
import { type Configured, readConfiguration } from '../compose/assessor.ts'
import { composeLogs, type SeenHead, seeHead } from '../compose/log.ts'
import { composeHttp } from '../compose/services.ts'
import { Fault } from '../errors.ts'
import { checkAlone } from '../rekor/alone.ts'
import type { LogView } from '../rekor/client-log.ts'
import { createEntrySearch } from '../rekor/client-search.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { encodeDocument, REPORT_VERSION } from '../report/json.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { type FlagTable, flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { proveGrowth, proveInclusion } from './log-proof.ts'
import { entryMember, entryText, forkText, headMember, headText } from './log-report.ts'
import { mergeSearches, searchLogs } from './log-search.ts'
import { SEARCH_FLAGS } from './log-wanted.ts'
import { noSuchAction } from './misspelt.ts'
import { OPTION_FLAGS } from './option-flags.ts'

export const LOG_FLAGS: FlagTable = {
  url: { kind: 'value', value: 'URL', help: 'the log; gitsigil.rekor, else those of the instance unless given' },
  ...SEARCH_FLAGS,
  ...OPTION_FLAGS,
  json: { kind: 'switch', help: 'print one JSON document' },
}

interface Call {
  readonly world: World
  readonly flags: ParsedFlags
  readonly configured: Configured
  readonly views: readonly LogView[]
  readonly operands: readonly string[]
}

/** Gives the exit status. */
type Action = (call: Call) => Promise<number>

const ACTIONS: Readonly<Record<string, Action>> = { search, get, verify, info, proof }
const UUID = /^(?:[0-9a-f]{64}|[0-9a-f]{80})$/i

export async function logCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, LOG_FLAGS)
  const [name, ...operands] = flags.operands
  if (name === 'merge') return mergeSearches(world, flags, operands)
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (action === undefined) throw noSuchAction(world, 'log', name, [...Object.keys(ACTIONS), 'merge'])
  const configured = await readConfiguration(world, flags.values)
  return await action({ world, flags, configured, operands, views: composeLogs(configured, flagValue(flags, 'url')) })
}

async function search(call: Call): Promise<number> {
  if (call.operands.length > 0) throw new Fault('usage', 'search takes flags alone: what to search for is one of them')
  return await searchLogs(call)
}

async function get(call: Call): Promise<number> {
  const { world, flags } = call
  const { named, view } = await findOne(call)
  const log = view.log.baseUrl
  world.write(
    1,
    isSet(flags, 'json')
      ? encodeDocument({ version: REPORT_VERSION, ...entryMember(named, log) })
      : entryText(named, log),
  )
  return 0
}

async function verify(call: Call): Promise<number> {
  const { world, flags } = call
  const { named, view } = await findOne(call)
  const why = problemOf(named, view)
  const log = view.log.baseUrl
  if (isSet(flags, 'json')) {
    const document = {
      version: REPORT_VERSION,
      verified: why === undefined,
      why: why ?? null,
      ...entryMember(named, log),
    }
    world.write(1, encodeDocument(document))
  } else world.write(1, entryText(named, log))
  world.write(2, why === undefined ? `${world.name}: the log holds it\n` : `${world.name}: error: ${escapeText(why)}\n`)
  return why === undefined ? 0 : 1
}

async function info({ world, flags, configured, views, operands }: Call): Promise<number> {
  if (operands.length > 0) throw new Fault('usage', 'info takes no operands')
  const seen: (readonly [SeenHead, string])[] = []
  for (const view of views) seen.push([await seeHead(configured, view), view.log.baseUrl])
  if (isSet(flags, 'json'))
    world.write(1, encodeDocument({ version: REPORT_VERSION, logs: seen.map(([one, log]) => headMember(one, log)) }))
  else world.write(1, seen.map(([one, log]) => headText(one, log)).join('\n'))
  for (const [{ fork }, log] of seen) if (fork !== undefined) world.write(2, forkText(world, log, fork))
  return seen.every(([{ fork }]) => fork === undefined) ? 0 : 1
}

/** The inclusion proof of an entry, checked; with sizes the proof that the tree only grew between them. */
async function proof(call: Call): Promise<number> {
  const { world, flags } = call
  if (flags.values.has('from') || flags.values.has('to')) return await proveGrowth(call)
  const { named, view } = await findOne(call)
  return proveInclusion(world, flags, { named, view, why: problemOf(named, view) })
}

async function findOne({ configured, views, operands }: Call): Promise<{ named: NamedEntry; view: LogView }> {
  const [asked, ...more] = operands
  if (asked === undefined || more.length > 0 || !(UUID.test(asked) || /^(?:0|[1-9]\d{0,17})$/.test(asked)))
    throw new Fault('usage', 'expected an index or a UUID')
  for (const view of views) {
    const named = UUID.test(asked) ? await findUuid(configured, view, asked) : await view.entryAt(BigInt(asked))
    if (named !== undefined) return { named, view }
  }
  throw new Fault('log', `no log has ${asked}`)
}

// A tiled log knows no UUIDs.
async function findUuid(
  configured: Configured,
  { log, version }: LogView,
  uuid: string,
): Promise<NamedEntry | undefined> {
  if (version === 2) return undefined
  const entry = await createEntrySearch({ http: composeHttp(configured), url: log.baseUrl }).entry(uuid.toLowerCase())
  return entry && { uuid: uuid.toLowerCase(), entry }
}

function problemOf({ entry }: NamedEntry, { log }: LogView): string | undefined {
  try {
    return toHex(entry.logId) === toHex(log.id) ? checkAlone(entry, log) : 'the entry names another log'
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return thrown.message
    throw thrown
  }
}

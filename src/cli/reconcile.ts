// `reconcile [RANGE]`: every signature's log entry is looked for in the log itself, as of a head that goes on from what is
// remembered. Status 0: all are there; 1: one is not, or a signature is not accepted; 3: something could not be asked.
import { readConfiguration } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { composeHistory } from '../compose/history.ts'
import { type Reconciliation, reconcile } from '../compose/reconcile.ts'
import { composeHttp } from '../compose/services.ts'
import { Fault } from '../errors.ts'
import { expectLongRun } from '../system/long-run.ts'
import type { World } from '../system/world.ts'
import { faultAsDocument } from './fault-document.ts'
import { type FlagTable, flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { HISTORY_FLAGS, isHistory, readHistoryFlags } from './history-flags.ts'
import { interruptible } from './interruptible.ts'
import { IN_FLIGHT_FLAG, isOnline, ONLINE_FLAG, readInFlight } from './online-flags.ts'
import { OPTION_FLAGS } from './option-flags.ts'
import { Progress } from './progress.ts'
import { openReconcileReport, RECONCILE_FORMS, type ReconcileReport } from './reconcile-report.ts'

export const RECONCILE_FLAGS: FlagTable = {
  ...ONLINE_FLAG,
  ...IN_FLIGHT_FLAG,
  ...HISTORY_FLAGS,
  ...OPTION_FLAGS,
  format: { kind: 'value', value: RECONCILE_FORMS.join('|'), help: 'form of the report (text)' },
  json: { kind: 'switch', help: 'print one JSON document (schema/reconcile.schema.json): --format json' },
}

/** A day: it is the run that is long, and not one request. */
const BUDGET = 86_400_000

/** @param online loads what asks a log for entries that are not at hand */
export function reconcileCommand(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  return faultAsDocument(world, args, (heard) => run(heard, args, online))
}

async function run(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  const flags = withRange(parseFlags(args, RECONCILE_FLAGS))
  const report = openReconcileReport(world, formOf(flags))
  expectLongRun()
  const asked = await readHistoryFlags(world, flags)
  const configured = await readConfiguration(world, flags.values)
  const inFlight = readInFlight(flags)
  const find = isOnline(flags, configured) ? (await online?.())?.(configured, { inFlight, budget: BUDGET }) : undefined
  return await interruptible(world, async (signal) => {
    // Whether a promise without a proof was kept is what is found out here.
    const lenient = { ...configured, settings: { ...configured.settings, promiseSuffices: true } }
    const run = await composeHistory(lenient, { ...asked, find, isUnjudged: true }, signal)
    const http = composeHttp(configured, BUDGET)
    return await tell(world, reconcile(configured, run.groups, { http, inFlight, cache: asked.cache }), report)
  })
}

async function tell(world: World, { groups, heads }: Reconciliation, report: ReconcileReport): Promise<number> {
  const progress = new Progress(world)
  let done = 0
  for await (const group of groups) {
    progress.clear()
    for (const one of group) report.entry(one)
    done += group.length
    progress.show(done)
  }
  progress.clear()
  return report.end(heads())
}

/** All that there is unless a range is named; of one revision all that it reaches. */
function withRange(flags: ParsedFlags): ParsedFlags {
  if (isHistory(flags)) return flags
  const name = flags.operands.length === 0 ? 'all' : 'history'
  return { ...flags, values: new Map([...flags.values, [name, ['true']]]) }
}

function formOf(flags: ParsedFlags) {
  const name = flagValue(flags, 'format') ?? (isSet(flags, 'json') ? 'json' : 'text')
  const form = RECONCILE_FORMS.find((known) => known === name)
  if (form === undefined || (isSet(flags, 'json') && flags.values.has('format')))
    throw new Fault('usage', `--format knows ${RECONCILE_FORMS.join(', ')}, and --json is one of them`)
  return form
}

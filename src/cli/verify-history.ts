// `verify A..B`, `--all`, `--tags`, `--stdin`: many objects in one run. The statuses are those of one object, over all of
// them: 1 where anything is not accepted, 3 where something could not be checked, 2 where nobody said who may sign.
import { type Configured, readConfiguration } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { composeHistory, type HistoryRun } from '../compose/history.ts'
import { Fault } from '../errors.ts'
import type { Finding } from '../history/record.ts'
import { MAX_LINES } from '../report/history-brief.ts'
import { expectLongRun } from '../system/long-run.ts'
import type { World } from '../system/world.ts'
import { expectationOf } from './expect-flags.ts'
import { flagValue, isSet, type ParsedFlags } from './flags.ts'
import { readHistoryFlags } from './history-flags.ts'
import { interruptible } from './interruptible.ts'
import { isOnline, readInFlight } from './online-flags.ts'
import { Progress } from './progress.ts'
import { openReports, type Reports } from './report-output.ts'
import { checkedRef } from './verify-policy.ts'

/** A day: it is the run that is long, and not one request. */
const BUDGET = 86_400_000

/**
 * @param prepare what every verification tells first: keys that have no effect
 * @param online loads what asks a log; asked for it only by `--online` or `rekorMode=online`
 */
export async function verifyHistoryCommand(
  world: World,
  flags: ParsedFlags,
  prepare: (configured: Configured) => void,
  online?: LoadOnline,
): Promise<number> {
  if (isSet(flags, 'paranoid')) throw new Fault('usage', '--paranoid asks about one object at a time')
  expectLongRun()
  const asked = await readHistoryFlags(world, flags)
  const expected = expectationOf(flags)
  const configured = await readConfiguration(world, flags.values)
  prepare(configured)
  const manners = { inFlight: readInFlight(flags), budget: BUDGET }
  const find = isOnline(flags, configured) ? (await online?.())?.(configured, manners) : undefined
  const reports = await openReports(world, asForm(flags))
  try {
    return await interruptible(world, async (signal) => {
      const ref = flagValue(flags, 'ref')
      const meant = ref === undefined ? {} : { ref: checkedRef(ref) }
      const request = {
        ...asked,
        ...meant,
        find,
        ...(isBrief(flags) && { isBrief: unshown() }),
        ...(expected && { expected }),
      }
      return await tell(world, await composeHistory(configured, request, signal), reports)
    })
  } finally {
    reports.close()
  }
}

async function tell(world: World, run: HistoryRun, reports: Reports): Promise<number> {
  const progress = new Progress(world)
  reports.start(run.start)
  // Without the sum there is no time left to tell; whatever is wrong is found by the walk.
  if (progress.isShown)
    void run.count().then(
      (total) => progress.expect(total),
      () => undefined,
    )
  for await (const group of run.groups) {
    progress.clear()
    for (const record of group) reports.record(record)
    progress.show(run.progress().walk.objects)
  }
  progress.clear()
  const summary = run.summary(world.now())
  reports.end(summary)
  if (summary.exit === 2)
    world.write(
      2,
      `${world.name}: hint: give --certificate-identity and --certificate-oidc-issuer, or set gitsigil.allow\n`,
    )
  return summary.exit
}

function isBrief(flags: ParsedFlags): boolean {
  return (flagValue(asForm(flags), 'format') ?? 'brief') === 'brief' && !flags.values.has('report')
}

/** `--json` is the short form of `--format json`. */
function asForm(flags: ParsedFlags): ParsedFlags {
  if (!isSet(flags, 'json')) return flags
  if (flags.values.has('format')) throw new Fault('usage', '--json and --format exclude each other')
  return { ...flags, values: new Map([...flags.values, ['format', ['json']]]) }
}

/** What the brief form does not show need not be described: a history of unsigned commits is mostly that. */
function unshown(): (finding: Finding) => boolean {
  let unsigned = 0
  return ({ state }) => state === 'accepted' || (state === 'unsigned' && ++unsigned > MAX_LINES)
}

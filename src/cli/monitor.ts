// `monitor [FOLDER...]`: watches logs for whoever signs as the identities that one cares for, and says which object of the
// repositories each signature is of. Status 0: nothing to look at; 1: alerts; 3: something could not be checked or told;
// 130 from --watch, which only Ctrl-C ends.
import { type Configured, readConfiguration } from '../compose/assessor.ts'
import { type Monitor, type MonitorRequest, type Outcome, openMonitor } from '../compose/monitor.ts'
import type { MonitorStore } from '../compose/monitor-store.ts'
import { tellAll, type Way } from '../compose/monitor-ways.ts'
import { Fault } from '../errors.ts'
import { resolvePath } from '../system/files.ts'
import { expectLongRun } from '../system/long-run.ts'
import { pauseFor } from '../system/wait.ts'
import type { World } from '../system/world.ts'
import { escapeText, tellFailure } from '../tell.ts'
import { flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { readJobs } from './history-flags.ts'
import { alertsFrom, indexFrom, MONITOR_FLAGS, repositoriesFrom, timeFrom, watchedFrom } from './monitor-flags.ts'
import { tellRound } from './monitor-report.ts'
import { waysFrom } from './monitor-ways.ts'
import { readInFlight } from './online-flags.ts'
import { Progress } from './progress.ts'

export { MONITOR_FLAGS } from './monitor-flags.ts'

const INTERVAL = 300_000

export async function monitorCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, MONITOR_FLAGS)
  const isWatching = isSet(flags, 'watch')
  const interval = timeFrom(flags, 'interval') ?? INTERVAL
  if (!isWatching && flags.values.has('interval')) throw new Fault('usage', '--interval is for --watch')
  const configured = await readConfiguration(world, flags.values)
  const ways = await waysFrom(configured, flags)
  const progress = new Progress(world, 'entries')
  const request = await requestFrom(configured, flags, ways, progress)
  expectLongRun()
  const monitor = await openMonitor(configured, request)
  try {
    return await interruptible(world, async (signal) => {
      const run = { world, monitor, ways, progress, signal }
      return isWatching ? await watch(run, interval) : await lookOnce(run, false)
    })
  } finally {
    await monitor.close()
  }
}

interface Run {
  readonly world: World
  readonly monitor: Monitor
  readonly ways: readonly Way[]
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** What does not answer now is asked again: nothing is skipped meanwhile. */
async function watch(run: Run, interval: number): Promise<never> {
  for (;;) {
    await lookOnce(run, true)
    await pauseFor(interval, run.signal)
  }
}

async function lookOnce(run: Run, isBrief: boolean): Promise<number> {
  const { world, monitor, ways, progress, signal } = run
  const teller = new Teller(run)
  const [together, soon] = [
    ways.filter(({ most }) => most === undefined),
    ways.filter(({ most }) => most !== undefined),
  ]
  let outcomes: readonly Outcome[]
  try {
    outcomes = await monitor.round(signal, ({ store }) => teller.tell([store], soon))
  } catch (thrown) {
    // Alerts of other logs are told once, and no later status speaks of them.
    if (!(thrown instanceof Fault) || teller.alerts === 0) throw thrown
    world.write(2, tellFailure(world, thrown))
    return 1
  }
  progress.clear()
  const stores = outcomes.map(({ store }) => store)
  await teller.tell(stores, together)
  tellRound(world, outcomes, isBrief)
  for (const line of monitor.missing()) world.write(2, `${world.name}: warning: ${escapeText(line)}\n`)
  return statusOf(outcomes, teller.alerts, teller.isUntold)
}

/** What one round tells, one log after the other. */
class Teller {
  readonly #run: Run
  readonly #failed = new Set<Way>()
  #last: Promise<void> = Promise.resolve()
  /** That the first way told. */
  alerts = 0

  constructor(run: Run) {
    this.#run = run
  }

  get isUntold(): boolean {
    return this.#failed.size > 0
  }

  tell(stores: readonly MonitorStore[], ways: readonly Way[]): Promise<void> {
    const telling = this.#last.then(() => this.#tell(stores, ways))
    this.#last = telling.catch(() => undefined)
    return telling
  }

  async #tell(stores: readonly MonitorStore[], ways: readonly Way[]): Promise<void> {
    const { world, ways: all, progress } = this.#run
    progress.clear()
    for (const way of ways.filter((one) => !this.#failed.has(one)))
      try {
        const told = await tellAll(stores, way)
        if (way === all[0]) this.alerts += told
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown
        // The other ways are told all the same, and this one in the next round.
        world.write(2, tellFailure(world, thrown))
        this.#failed.add(way)
      }
  }
}

function statusOf(outcomes: readonly Outcome[], alerts: number, isUntold: boolean): number {
  const isWrong = outcomes.some(({ round }) => (round?.standing.length ?? 0) > 0)
  if (alerts > 0 || isWrong) return 1
  return isUntold || outcomes.some(({ fault, round }) => fault !== undefined || round?.isTrustOld === true) ? 3 : 0
}

async function requestFrom(
  configured: Configured,
  flags: ParsedFlags,
  ways: readonly Way[],
  progress: Progress,
): Promise<MonitorRequest> {
  const { world } = configured
  const [url, state] = [flagValue(flags, 'url'), flagValue(flags, 'state')]
  const counts = new Map<string, readonly [done: number, total: number]>()
  const [from, maxAge, grace] = [indexFrom(flags), timeFrom(flags, 'max-age'), timeFrom(flags, 'grace')]
  return {
    watched: watchedFrom(flags),
    rewatch: isSet(flags, 'rewatch'),
    repositories: await repositoriesFrom(world, flags),
    alertOn: alertsFrom(flags),
    inFlight: readInFlight(flags),
    jobs: readJobs(flagValue(flags, 'jobs')),
    ways: ways.map(({ name }) => name),
    progress(log, done, total) {
      counts.set(log, [done, total])
      const sum = (at: 0 | 1) => [...counts.values()].reduce((all, count) => all + count[at], 0)
      progress.expect(sum(1))
      progress.show(sum(0))
    },
    ...(url === undefined ? {} : { url }),
    ...(state === undefined ? {} : { state: resolvePath(state, world) }),
    ...(from === undefined ? {} : { from }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(grace === undefined ? {} : { grace }),
  }
}

/** Ctrl-C ends it at once: what is remembered is whole at any moment. */
async function interruptible<T>(world: World, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const interrupted = new Fault('interrupted', 'interrupted')
  const stopped = new Promise<never>((_resolve, reject) =>
    controller.signal.addEventListener('abort', () => reject(interrupted)),
  )
  const release = world.onInterrupt?.(() => controller.abort(interrupted))
  const working = work(controller.signal)
  // What comes of it after that concerns nobody.
  working.catch(() => undefined)
  try {
    return await Promise.race([working, stopped])
  } finally {
    release?.()
  }
}

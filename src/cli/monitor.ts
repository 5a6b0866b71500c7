// `monitor [FOLDER...]`: watches logs for whoever signs as the identities that one cares for, and says which object of the
// repositories each signature is of. Status 0: nothing to look at; 1: alerts; 3: something could not be checked or told;
// 130 from --watch, which only Ctrl-C ends.
import { type Configured, readConfiguration } from '../compose/assessor.ts'
import { type MonitorRequest, openMonitor } from '../compose/monitor.ts'
import type { Way } from '../compose/monitor-tell.ts'
import { Fault } from '../errors.ts'
import { resolvePath } from '../system/files.ts'
import { expectLongRun } from '../system/long-run.ts'
import { pauseFor } from '../system/wait.ts'
import type { World } from '../system/world.ts'
import { flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { readJobs } from './history-flags.ts'
import { alertsFrom, indexFrom, MONITOR_FLAGS, timeFrom, watchedFrom } from './monitor-flags.ts'
import { repositoriesFrom } from './monitor-folders.ts'
import { lookOnce, type Run } from './monitor-round.ts'
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

/** What does not answer now is asked again: nothing is skipped meanwhile. */
async function watch(run: Run, interval: number): Promise<never> {
  for (;;) {
    await lookOnce(run, true)
    await pauseFor(interval, run.signal)
  }
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

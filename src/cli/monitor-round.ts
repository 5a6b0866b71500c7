// One round of `monitor`: what the logs came to, told by every way as soon as it is known, and the status of it.
import type { Monitor, Outcome } from '../compose/monitor.ts'
import type { MonitorStore } from '../compose/monitor-store.ts'
import { type Refused, tellAll, type Way } from '../compose/monitor-tell.ts'
import { Fault, isClosed } from '../errors.ts'
import { headLine } from '../monitor/text.ts'
import type { World } from '../system/world.ts'
import { escapeText, tellFailure } from '../tell.ts'
import { tellRound } from './monitor-report.ts'
import type { Progress } from './progress.ts'

export interface Run {
  readonly world: World
  readonly monitor: Monitor
  readonly ways: readonly Way[]
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** @param isBrief nothing is said of a round in which there was nothing */
export async function lookOnce(run: Run, isBrief: boolean): Promise<number> {
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
  if (teller.closed !== undefined) throw teller.closed
  tellRound(world, outcomes, isBrief)
  for (const line of monitor.missing()) world.write(2, `${world.name}: warning: ${escapeText(line)}\n`)
  return statusOf(outcomes, teller.alerts, teller.isUntold)
}

/** What one round tells, one log after the other. */
class Teller {
  readonly #run: Run
  readonly #failed = new Set<Way>()
  #isRefused = false
  #last: Promise<void> = Promise.resolve()
  /** That the first way told. */
  alerts = 0
  /** That nobody reads standard output any more. */
  closed: Fault | undefined

  constructor(run: Run) {
    this.#run = run
  }

  get isUntold(): boolean {
    return this.#failed.size > 0 || this.#isRefused
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
        const told = await tellAll(stores, way, this.#refused)
        if (way === all[0]) this.alerts += told
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown
        // The other ways are told all the same, and this one in the next round.
        if (isClosed(thrown)) this.closed = thrown
        else world.write(2, tellFailure(world, thrown))
        this.#failed.add(way)
      }
  }

  readonly #refused: Refused = (sighting, why) => {
    this.#isRefused = true
    const { world } = this.#run
    const text = `${why.message}; it is told again in the next round: ${headLine(sighting)}`
    world.write(2, tellFailure(world, new Fault(why.code, text, { cause: why })))
  }
}

function statusOf(outcomes: readonly Outcome[], alerts: number, isUntold: boolean): number {
  const isWrong = outcomes.some(({ round }) => (round?.standing.length ?? 0) > 0)
  if (alerts > 0 || isWrong) return 1
  return isUntold || outcomes.some(({ fault, round }) => fault !== undefined || round?.isTrustOld === true) ? 3 : 0
}

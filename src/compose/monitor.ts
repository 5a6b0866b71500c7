// A monitor: one folder that remembers, the logs of the instance, the repositories that were named, and rounds over them.

import { join } from 'node:path'
import { toHex } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { prepareWitnesses } from '../monitor/head.ts'
import type { AlertChoice } from '../monitor/look.ts'
import { prepareWatch, type Watch, type Watched, watchedOf } from '../monitor/watch.ts'
import type { LogView } from '../rekor/client-log.ts'
import { createLogView } from '../rekor/client-log-open.ts'
import { createLogScan } from '../scan/stream.ts'
import { makeDirectory } from '../system/files.ts'
import { acquireLock } from '../system/lock.ts'
import { makePrivateDirectory } from '../system/private-files.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { composeEveryLog } from './log.ts'
import type { Rules } from './monitor-head.ts'
import { type LogRound, lookOn } from './monitor-log.ts'
import { type Named, Repositories } from './monitor-objects.ts'
import { isUnfinished, keyOf, monitorsFolder, readBegun } from './monitor-standing.ts'
import { MonitorStore } from './monitor-store.ts'
import { together } from './monitor-together.ts'
import { composePolicy } from './policy.ts'
import { composeHttp } from './services.ts'

/** What was asked for. */
export interface MonitorRequest {
  /** Who is watched; those of the policy where nobody is. */
  readonly watched: readonly Watched[]
  readonly repositories: readonly Named[]
  /** The log; every one of the instance that is in use unless given. */
  readonly url?: string
  /** Folder that remembers; one of its own for these repositories unless given. */
  readonly state?: string
  readonly from?: number
  /** Goes on in a folder that remembers others. */
  readonly rewatch?: boolean
  readonly maxAge?: number
  readonly grace?: number
  readonly alertOn: readonly AlertChoice[]
  readonly inFlight: number
  /** Threads that read entries. */
  readonly jobs: number
  /** Names of the ways by which sightings are told. */
  readonly ways: readonly string[]
  progress(log: string, done: number, total: number): void
}

export interface Monitor {
  /**
   * What each log came to, with what it remembers; or why it could not be looked at. All are looked at together, and of each
   * `ended` is told at once: what another one takes its time for holds up no alert.
   */
  round(signal: AbortSignal, ended: (outcome: Outcome) => Promise<void>): Promise<readonly Outcome[]>
  /** Objects of the repositories that could not be read, a line a repository. */
  missing(): readonly string[]
  close(): Promise<void>
}

export interface Outcome {
  readonly log: string
  readonly store: MonitorStore
  readonly round?: LogRound
  readonly fault?: Fault
}

/** A day: a round over a log of many entries is long, and not one request. */
const BUDGET = 86_400_000
/** What may be otherwise in a while. */
const PASSING: readonly Fault['code'][] = ['network', 'log', 'git', 'io']

/** @throws `io` where another monitor has the folder, `usage` and `config` for what is asked for */
export async function openMonitor(configured: Configured, request: MonitorRequest): Promise<Monitor> {
  const folder = request.state ?? folderFor(configured, request)
  // One that was named is somebody's own, and keeps the mode that they gave it.
  if (request.state === undefined) makePrivateDirectory(folder)
  else makeDirectory(folder)
  const lock = await acquireLock(folder, 'monitor', 'wait until it has ended, or name another folder by --state')
  let known: { readonly digest: string; readonly repositories: Repositories } | undefined
  const repositoriesFor = (watch: Watch, signal: AbortSignal): Repositories => {
    if (known?.digest !== watch.digest)
      known = {
        digest: watch.digest,
        repositories: new Repositories(request.repositories, watch, signal, () => configured.world.now()),
      }
    return known.repositories
  }
  return {
    async round(signal, ended) {
      const rules = { ...(await composeRules(configured, request)), begun: readBegun(folder) }
      const repositories = repositoriesFor(rules.watch, signal)
      const now = () => configured.world.now()
      const views = composeEveryLog(configured, request.url, (log) => isUnfinished(folder, log, request.ways))
      const lookAt = async ({ log, version }: LogView): Promise<Outcome> => {
        // A time of its own: one that takes all of it leaves the others theirs.
        const http = composeHttp(configured, BUDGET)
        const view = createLogView(http, log, version)
        const store = new MonitorStore(folder, log, request.ways)
        const scan = createLogScan(http, view, { inFlight: request.inFlight })
        const progress = (done: number, total: number) => request.progress(log.baseUrl, done, total)
        const watching = { rules, view, scan, jobs: request.jobs, store, repositories, signal, now, progress }
        const outcome = { log: log.baseUrl, store, ...(await attempt(() => lookOn(watching))) }
        await ended(outcome)
        return outcome
      }
      return await together(views, ({ log }) => toHex(log.id), lookAt)
    },
    missing: () => known?.repositories.missing ?? [],
    close: () => lock.release(),
  }
}

// Of several logs one that does not answer holds up no other.
async function attempt(work: () => Promise<LogRound>): Promise<Pick<Outcome, 'round' | 'fault'>> {
  try {
    return { round: await work() }
  } catch (thrown) {
    if (thrown instanceof Fault && PASSING.includes(thrown.code)) return { fault: thrown }
    throw thrown
  }
}

// Anew for each round: a policy, and the trusted root, may have changed since.
async function composeRules(configured: Configured, request: MonitorRequest): Promise<Rules> {
  const { settings } = configured
  const asked = request.watched.length > 0
  const isPolicy = settings.policy !== undefined || settings.policyRoot !== undefined
  const inForce = isPolicy ? await composePolicy(configured) : undefined
  const watched = asked || inForce === undefined ? request.watched : watchedOf(inForce.policy.document)
  if (watched.length === 0)
    throw new Fault('usage', 'nobody to watch: no policy is in force here', {
      hint: "give --identity 'ISSUER SUBJECT', --email, --issuer or --policy FILE",
    })
  const rule = inForce?.policy.document.witnesses
  return {
    watch: await watchFor(watched),
    asked: askedOf(configured, request),
    rewatch: request.rewatch ?? false,
    trust: composeTrust(configured).standard.trust,
    alertOn: request.alertOn,
    ...(rule === undefined ? {} : { witnesses: prepareWitnesses(rule) }),
    ...(request.from === undefined ? {} : { from: request.from }),
    ...(request.maxAge === undefined ? {} : { maxAge: request.maxAge }),
    ...(request.grace === undefined ? {} : { grace: request.grace }),
  }
}

async function watchFor(watched: readonly Watched[]): Promise<Watch> {
  try {
    return await prepareWatch(watched)
  } catch (thrown) {
    if (thrown instanceof Fault || !(thrown instanceof Error)) throw thrown
    throw new Fault('usage', thrown.message, { cause: thrown })
  }
}

/** A policy may come to name others, and is the same question then. */
function askedOf({ settings }: Configured, { watched }: MonitorRequest): string {
  if (watched.length === 0) return keyOf({ policy: settings.policy ?? '' })
  return keyOf(watched.map((one) => JSON.stringify(one)).sort())
}

function folderFor(configured: Configured, request: MonitorRequest): string {
  const names = request.repositories.map(({ name }) => name)
  const folder = monitorsFolder(configured.world.env, names)
  if (folder === undefined)
    throw new Fault('usage', 'there is no home directory: --state names a folder that remembers')
  return join(folder, askedOf(configured, request))
}

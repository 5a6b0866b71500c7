// Configuration becomes the logs that are looked into, and what is remembered of each: the last checkpoint that went on from
// the one before. A log that shows another past is caught by that, and what proves it is kept.
import { hash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { decodeUtf8, encodeUtf8, toHex } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../rekor/checkpoint.ts'
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { createLogView } from '../rekor/client-log-open.ts'
import { readBytesIfAny } from '../system/files.ts'
import { listFiles, makePrivateDirectory, replaceFile } from '../system/private-files.ts'
import type { World } from '../system/world.ts'
import { stateDirectory } from '../trust/place.ts'
import type { LogAuthority } from '../trust/root.ts'
import { isWithin } from '../trust/window.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { isRekorV1 } from './online.ts'
import { composeHttp } from './services.ts'

/** A head, and how it lies to the one that was remembered. */
export interface SeenHead {
  readonly head: LogHead
  readonly remembered?: SignedCheckpoint
  /** Why it cannot be the same log, and where both notes are kept. */
  readonly fork?: { readonly why: string; readonly evidence: string | undefined }
}

const BUDGET = 3_600_000

/**
 * The log that `url` or the configuration names, else every one of the instance that is in use now.
 * @throws `trust` for one that the trusted root does not know: nobody could check what it says
 */
export function composeLogs(configured: Configured, url: string | undefined): readonly LogView[] {
  return composeEveryLog(configured, url ?? configured.settings.rekor)
}

/**
 * The log that is asked for, else every one that is in use now: also those where nobody signs from here, as a signature in
 * any of them is good.
 * @param isWanted of one that is in use no more
 * @throws `trust` for one that the trusted root does not know
 */
export function composeEveryLog(
  configured: Configured,
  wanted: string | undefined,
  isWanted: (log: LogAuthority) => boolean = () => false,
): readonly LogView[] {
  const { standard } = composeTrust(configured)
  const now = configured.world.now()
  const http = composeHttp(configured, BUDGET)
  const logs = standard.trust.logs.filter((log) =>
    wanted === undefined ? isWithin(log.validFor, now) || isWanted(log) : isSame(log.baseUrl, wanted),
  )
  if (logs.length === 0)
    throw new Fault('trust', `instance ${standard.name} knows no log ${wanted ?? 'that is in use'}`, {
      hint: '--instance or --trusted-root names another',
    })
  return logs.map((log) => createLogView(http, log, isRekorV1(log) ? 1 : 2))
}

/**
 * The head of now, held against the one that was remembered; that becomes the one to remember, where it goes on from it.
 * @param origin of a tree, where a log has several: the one that grows unless given
 */
export async function seeHead(
  { world }: { readonly world: Pick<World, 'env' | 'now'> },
  view: LogView,
  origin?: string,
): Promise<SeenHead> {
  const head = await view.head(origin)
  const path = placeOf(world.env, view, head.checkpoint.origin)
  const remembered = path === undefined ? undefined : readRemembered(path)
  if (remembered !== undefined) {
    const first = { treeSize: remembered.size, rootHash: remembered.rootHash }
    const why = await view.inconsistency(first, head)
    if (why !== undefined) return { head, remembered, fork: { why, evidence: keepFork(path, head, why, world.now()) } }
  }
  if (path === undefined) return { head }
  const lost = remembered === undefined ? await findLost(view, path) : undefined
  if (lost !== undefined) {
    const { why, path: other } = lost
    return { head, remembered: lost.remembered, fork: { why, evidence: keepFork(other, head, why, world.now()) } }
  }
  // Somebody else may have looked in the meantime, and seen more.
  if ((readRemembered(path)?.size ?? 0n) <= head.treeSize) replaceFile(path, encodeUtf8(head.note))
  return { head, ...(remembered === undefined ? {} : { remembered }) }
}

/** Trees that are remembered of one log; Rekor v1 has had four in as many years. */
const MAX_TREES = 64

/**
 * Of a log whose tree is new here, one of its remembered trees that it no longer has or that has another past: under a new
 * name any past could be shown.
 */
async function findLost(view: LogView, path: string) {
  const folder = dirname(path)
  const stem = basename(path).slice(0, 17)
  const others = listFiles(folder).filter((name) => name.startsWith(stem) && name.endsWith('.note'))
  if (others.length >= MAX_TREES) throw new Fault('log', `${view.log.baseUrl} has shown more trees than a log has`)
  for (const name of others) {
    const remembered = readRemembered(join(folder, name))
    if (remembered === undefined) continue
    const why = await lossOf(view, remembered)
    if (why !== undefined) return { remembered, path: join(folder, name), why }
  }
  return undefined
}

async function lossOf(view: LogView, { origin, size, rootHash }: SignedCheckpoint): Promise<string | undefined> {
  try {
    const why = await view.inconsistency({ treeSize: size, rootHash }, await view.head(origin))
    return why === undefined ? undefined : `of its tree ${origin}: ${why}`
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'log') return thrown.message
    throw thrown
  }
}

/** Undefined where there is no home. */
function placeOf(env: Configured['env'], { log }: LogView, origin: string): string | undefined {
  const state = stateDirectory(env)
  if (state === undefined) return undefined
  const folder = join(state, 'logs')
  makePrivateDirectory(folder)
  return join(folder, `${toHex(log.id).slice(0, 16)}-${hash('sha256', origin).slice(0, 16)}.note`)
}

function readRemembered(path: string): SignedCheckpoint | undefined {
  const bytes = readBytesIfAny(path)
  if (bytes === undefined) return undefined
  try {
    return parseCheckpoint(decodeUtf8(bytes))
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Fault('io', `${path}: ${cause.message}`, { cause, hint: 'the file is damaged: remove it to begin anew' })
  }
}

// The remembered note stays as it was: whoever asks again is told again.
function keepFork(path: string | undefined, head: LogHead, why: string, now: number): string | undefined {
  if (path === undefined) return undefined
  const earlier = decodeUtf8(readBytesIfAny(path) ?? new Uint8Array())
  return keepEvidence(path.replace(/\.note$/, ''), { earlier, later: head.note, why, now })
}

/** Two notes that cannot be of one log. */
export interface Contradiction {
  readonly earlier: string
  readonly later: string
  readonly why: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Contradictions of one tree that are kept: one proves it, and a log can make as many as it likes. */
const MAX_EVIDENCE = 16

/** Keeps what proves it beside the file that remembers the log, and gives the path. Throws `io`. */
export function keepEvidence(stem: string, { earlier, later, why, now }: Contradiction): string {
  const evidence = `${stem}-${hash('sha256', later).slice(0, 8)}.fork.json`
  const kept = listFiles(dirname(stem)).filter((name) => name.startsWith(basename(stem)) && name.endsWith('.fork.json'))
  const [first] = kept
  if (first !== undefined && kept.length >= MAX_EVIDENCE && !kept.includes(basename(evidence)))
    return join(dirname(stem), first)
  const document = { why, seen: new Date(now).toISOString(), earlier, later }
  replaceFile(evidence, encodeUtf8(`${JSON.stringify(document, null, 2)}\n`))
  return evidence
}

function isSame(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
}

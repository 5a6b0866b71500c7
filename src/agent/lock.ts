// Fifty signers at once, one login: a lock beside the agent's socket. A file rather than a promise of the agent, so that a
// stuck or hostile agent cannot make anybody wait. Who waited for a login that failed fails with it: fifty windows, each
// cancelled, are what nobody wants.
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Fault, type FaultCode } from '../errors.ts'
import { isRunning, pid } from './own.ts'

interface Holder {
  readonly pid: number
  readonly token: string
}

export interface LockOptions {
  readonly path: string
  /** Milliseconds after which a holder counts as stuck. */
  readonly limit: number
  now(): number
  /** Called once where it takes a while. */
  waiting(): void
}

/** Faults that the next one would run into as well. */
const SHARED: readonly FaultCode[] = ['identity', 'interrupted', 'network', 'ca', 'config']
const STEP = 40
const A_WHILE = 1_000

export type Outcome<T> = { readonly ran: true; readonly value: T } | { readonly ran: false }

/**
 * Runs `work` while nobody else of this user does; or else waits until who did has ended, and runs nothing: what that one
 * got may do. Throws what `work` throws, or the fault of whom it waited for.
 */
export async function exclusively<T>(options: LockOptions, work: () => Promise<T>): Promise<Outcome<T>> {
  const { path } = options
  const mine: Holder = { pid, token: randomUUID() }
  if (!place(path, mine)) {
    await waitForHolder(options)
    return { ran: false }
  }
  try {
    return { ran: true, value: await work() }
  } catch (thrown) {
    if (thrown instanceof Fault) tellFailure(path, mine, thrown)
    throw thrown
  } finally {
    release(path, mine)
  }
}

async function waitForHolder(options: LockOptions): Promise<void> {
  const { path, now } = options
  const holder = readHolder(path)
  const from = now()
  for (let isTold = false; holder !== undefined; ) {
    if (!isHeld(path, holder, options)) return removeStale(path, holder)
    await new Promise((resolve) => setTimeout(resolve, STEP * (0.5 + Math.random())))
    if (readHolder(path)?.token !== holder.token) return throwFailure(path, holder)
    if (isTold || now() - from < A_WHILE) continue
    isTold = true
    options.waiting()
  }
}

function isHeld(path: string, { pid }: Holder, { limit, now }: LockOptions): boolean {
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return since !== undefined && isRunning(pid) && now() - since < limit
}

function place(path: string, holder: Holder): boolean {
  const own = `${path}.${holder.token}`
  try {
    writeFileSync(own, JSON.stringify(holder), { mode: 0o600 })
    linkSync(own, path)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    throw new Fault('io', `cannot write ${path}: ${codeOf(cause)}`, { cause })
  } finally {
    rmSync(own, { force: true })
  }
}

function release(path: string, mine: Holder): void {
  if (readHolder(path)?.token === mine.token) rmSync(path, { force: true })
}

// Renaming is atomic: of two who see the same stale lock one moves it away. What was moved is put back where it is not it.
function removeStale(path: string, stale: Holder): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
    if (readHolder(aside)?.token !== stale.token) linkSync(aside, path)
  } catch {
    // Somebody else was first.
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Undefined where there is no lock; one that holds something else is nobody's. */
function readHolder(path: string): Holder | undefined {
  const value = readObject(path)
  if (value === undefined) return undefined
  const [number, token] = [value.get('pid'), value.get('token')]
  return { pid: typeof number === 'number' ? number : -1, token: typeof token === 'string' ? token : '' }
}

function tellFailure(path: string, { token }: Holder, { code, message, hint }: Fault): void {
  const own = `${path}.${token}`
  try {
    writeFileSync(own, JSON.stringify({ token, code, message, hint }), { mode: 0o600 })
    renameSync(own, `${path}.failed`)
  } catch {
    // Then each of them finds out for itself.
  }
}

function throwFailure(path: string, { token }: Holder): void {
  const told = readObject(`${path}.failed`)
  if (told?.get('token') !== token) return
  const [code, message, hint] = ['code', 'message', 'hint'].map((name) => told.get(name))
  const known = SHARED.find((one) => one === code)
  if (known === undefined || typeof message !== 'string') return
  throw new Fault(known, message, typeof hint === 'string' ? { hint } : {})
}

function readObject(path: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return new Map(Object.entries(value ?? {}))
  } catch (thrown) {
    return codeOf(thrown) === 'ENOENT' ? undefined : new Map()
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

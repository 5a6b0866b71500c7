// One process a state directory: a sandbox, a monitor. The lock names its holder by process id, start time and boot, so the
// lock of a process that was killed, or whose number another process has now, is stale and is taken over.
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { Fault } from '../errors.ts'

export interface Lock {
  release(): Promise<void>
}

/** Who holds a lock. */
export interface Holder {
  readonly pid: number
  /** Clock ticks from boot to the process's start, and the boot; empty where the system does not tell. */
  readonly started: string
  readonly token: string
}

const ATTEMPTS = 20
const SETTLE = 20

/**
 * Takes the directory's lock, or throws `io` naming the process that has it.
 * @param who what faults begin with
 * @param hint what to do where another process has it
 */
export async function acquireLock(directory: string, who: string, hint: string): Promise<Lock> {
  const path = join(directory, 'lock')
  const { pid } = process
  const mine: Holder = { pid, started: startOf(pid), token: randomUUID() }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (place(path, mine, who)) {
      // Whoever found the same stale lock may have moved ours aside with it: it puts ours back, or we see it now.
      await new Promise((resolve) => setTimeout(resolve, SETTLE))
      if (readHolder(path)?.token === mine.token) return { release: async () => release(path, mine) }
    }
    const holder = readHolder(path)
    if (holder === undefined) continue
    if (isAlive(holder)) throw new Fault('io', `${who}: ${directory} is in use by process ${holder.pid}`, { hint })
    removeStale(path, holder)
  }
  throw new Fault('io', `${who}: cannot take the lock ${path}`)
}

/** The process that has the directory; undefined where none does. */
export async function findHolder(directory: string): Promise<Holder | undefined> {
  const holder = readHolder(join(directory, 'lock'))
  return holder !== undefined && isAlive(holder) ? holder : undefined
}

/** Asks the holder to stop. It releases the lock when it has. */
export function signalHolder(holder: Holder): void {
  try {
    process.kill(holder.pid, 'SIGTERM')
  } catch (error) {
    throw new Fault('io', `cannot stop process ${holder.pid}`, { cause: error })
  }
}

function place(path: string, holder: Holder, who: string): boolean {
  const own = `${path}.${holder.token}`
  try {
    writeFileSync(own, JSON.stringify(holder), { mode: 0o600 })
    linkSync(own, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw unusable(who, 'write', path, error)
  } finally {
    rmSync(own, { force: true })
  }
}

function release(path: string, mine: Holder): void {
  if (readHolder(path)?.token === mine.token) rmSync(path, { force: true })
}

// Renaming is atomic: of two that see the same stale lock one moves it away, and the other may move the winner's. So what
// was moved is looked at, and put back where it is not the stale one.
function removeStale(path: string, stale: Holder): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  try {
    if (readHolder(aside)?.token !== stale.token) linkSync(aside, path)
  } catch {
    // Somebody else has taken it meanwhile.
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Undefined where there is no lock. One that holds something else counts as that of a dead process. */
function readHolder(path: string): Holder | undefined {
  const text = readText(path)
  if (text === undefined) return undefined
  try {
    const { pid, started, token } = JSON.parse(text) as Partial<Holder>
    return { pid: Number(pid), started: String(started), token: String(token) }
  } catch {
    return { pid: Number.NaN, started: '', token: '' }
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw unusable('lock', 'read', path, error)
  }
}

function isAlive(holder: Holder): boolean {
  if (!Number.isSafeInteger(holder.pid) || holder.pid <= 0) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false
  }
  return startOf(holder.pid) === holder.started
}

/**
 * Start time and boot from Linux's /proc; empty elsewhere, where the process id alone must do. A process that has ended
 * but that nobody waited for, as under a container's first process, counts as none.
 */
function startOf(id: number): string {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? 'ended' : `${fields[18]} ${boot.trim()}`
  } catch {
    return ''
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function unusable(who: string, action: string, path: string, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return new Fault('io', `${who}: cannot ${action} ${path}: ${code}`, { cause: error })
}

// One server a state directory. The lock names its holder by process id, start time and boot, so the lock of a process
// that was killed, or whose number another process has now, is stale and is taken over.
import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../errors.ts'
import { pid, signalProcess } from './process.ts'
import { ioFault } from './state.ts'

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

/** Takes the directory's lock, or throws `io` naming the process that has it. */
export async function acquireLock(directory: string): Promise<Lock> {
  const path = join(directory, 'lock')
  const mine: Holder = { pid, started: await startOf(pid), token: randomUUID() }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await place(path, mine)) {
      // Whoever found the same stale lock may have moved ours aside with it: it puts ours back, or we see it now.
      await new Promise((resolve) => setTimeout(resolve, SETTLE))
      if ((await readHolder(path))?.token === mine.token) return { release: () => release(path, mine) }
    }
    const holder = await readHolder(path)
    if (holder === undefined) continue
    if (await isAlive(holder)) throw new Fault('io', `sandbox: ${directory} is in use by process ${holder.pid}`)
    await removeStale(path, holder)
  }
  throw new Fault('io', `sandbox: cannot take the lock ${path}`)
}

/** The process that runs a sandbox in the directory; undefined where none does. */
export async function findHolder(directory: string): Promise<Holder | undefined> {
  const holder = await readHolder(join(directory, 'lock'))
  return holder !== undefined && (await isAlive(holder)) ? holder : undefined
}

/** Asks the holder to stop. It releases the lock when it has. */
export function signalHolder(holder: Holder): void {
  try {
    signalProcess(holder.pid, 'SIGTERM')
  } catch (error) {
    throw new Fault('io', `sandbox: cannot stop process ${holder.pid}`, { cause: error })
  }
}

async function place(path: string, holder: Holder): Promise<boolean> {
  const own = `${path}.${holder.token}`
  try {
    await writeFile(own, JSON.stringify(holder), { mode: 0o600 })
    await link(own, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw ioFault('write', path, error)
  } finally {
    await rm(own, { force: true }).catch(() => undefined)
  }
}

async function release(path: string, mine: Holder): Promise<void> {
  if ((await readHolder(path))?.token === mine.token) await rm(path, { force: true })
}

// Renaming is atomic: of two that see the same stale lock one moves it away, and the other may move the winner's. So what
// was moved is looked at, and put back where it is not the stale one.
async function removeStale(path: string, stale: Holder): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  if ((await readHolder(aside))?.token !== stale.token) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

/** Undefined where there is no lock. One that holds something else counts as that of a dead process. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readText(path)
  if (text === undefined) return undefined
  try {
    const { pid, started, token } = JSON.parse(text) as Partial<Holder>
    return { pid: Number(pid), started: String(started), token: String(token) }
  } catch {
    return { pid: Number.NaN, started: '', token: '' }
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw ioFault('read', path, error)
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (!Number.isSafeInteger(holder.pid) || holder.pid <= 0) return false
  try {
    signalProcess(holder.pid, 0)
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false
  }
  return (await startOf(holder.pid)) === holder.started
}

/**
 * Start time and boot from Linux's /proc; empty elsewhere, where the process id alone must do. A process that has ended
 * but that nobody waited for, as under a container's first process, counts as none.
 */
async function startOf(id: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${id}/stat`, 'latin1')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? 'ended' : `${fields[18]} ${boot.trim()}`
  } catch {
    return ''
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

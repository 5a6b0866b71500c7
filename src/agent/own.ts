// What the agent's parts need of the process they run in.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process from 'node:process'

export { ownUser } from '../system/self.ts'

export const pid: number = process.pid

/** What is made while `make` runs is for its owner alone. */
export function withPrivateMask<T>(make: () => T): T {
  const before = process.umask(0o177)
  try {
    return make()
  } finally {
    process.umask(before)
  }
}

/** Signal 0: whether a process of this number is there, and not only what nobody has collected of it. */
export function isRunning(id: number): boolean {
  try {
    process.kill(id, 0)
    return !isDefunct(id)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

// In a container the first process often collects nobody: who was killed would hold a lock until its limit.
function isDefunct(id: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${id}/status`, 'latin1'))
  } catch {
    return false
  }
}

/** What part of a processor a process gets now, from 1/16 to 1: by those that could run. Only Linux tells at once. */
export function processorShare(): number {
  try {
    const [, running = '1'] = /^(?:[\d.]+ ){3}(\d+)\//.exec(readFileSync('/proc/loadavg', 'latin1')) ?? []
    return Math.min(1, Math.max(1 / 16, availableParallelism() / Number(running)))
  } catch {
    return 1
  }
}

/** Asked to stop, by whatever signal; and deaf to a terminal that goes away. */
export function onStop(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  process.on('SIGHUP', () => undefined)
}

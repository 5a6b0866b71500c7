// What the sandbox needs of its own process: its number, and signals to it. The only file here that touches them, because a
// server lives and dies as a process.
import process from 'node:process'

export const pid: number = process.pid

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves when somebody asks this process to stop; from then on a second signal ends it at once. */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of SIGNALS) process.off(signal, stop)
      resolve()
    }
    for (const signal of SIGNALS) process.on(signal, stop)
  })
}

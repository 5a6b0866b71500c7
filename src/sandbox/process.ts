// What the sandbox needs of its own process: its number, signals to it and to another, and how it was started. The only
// file here that touches them, because a server lives and dies as a process.
import process from 'node:process'

export const pid: number = process.pid

/** Signal 0 only asks whether the process is there. Throws where it is not, or is somebody else's. */
export function signalProcess(id: number, signal: 'SIGTERM' | 0): void {
  process.kill(id, signal)
}

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

/** The command that starts this program again, without its arguments. */
export function ownCommand(): readonly string[] {
  const { execPath, execArgv, argv, versions } = process
  // In the standalone executable the script is a path inside it, which it finds by itself.
  if (versions['bun'] !== undefined && argv[1]?.includes('$bunfs') !== false) return [execPath]
  return [execPath, ...execArgv, argv[1] ?? '']
}

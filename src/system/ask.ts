// A question to the person at the terminal, and the line typed in answer.
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { World } from './world.ts'

/** Asks and waits for a line; undefined where there is no terminal or it was closed. */
export type Ask = (question: string) => string | undefined

const MAX_LINE = 1024

/** Asks on the controlling terminal, whatever stdin and stdout are. Ctrl-C ends the program as ever. */
export function terminalAsk(world: Pick<World, 'platform'>): Ask {
  return (question) => {
    const fds = openTerminal(world.platform)
    if (fds === undefined) return undefined
    try {
      writeSync(fds.output, question)
      return readLine(fds.input)
    } catch {
      return undefined
    } finally {
      for (const fd of new Set([fds.input, fds.output])) closeSync(fd)
    }
  }
}

/** Whether there is a terminal to ask on. */
export function hasTerminal(world: Pick<World, 'platform'>): boolean {
  const fds = openTerminal(world.platform)
  for (const fd of new Set([fds?.input, fds?.output])) if (fd !== undefined) closeSync(fd)
  return fds !== undefined
}

function openTerminal(platform: string): { readonly input: number; readonly output: number } | undefined {
  try {
    if (platform === 'win32') return { input: openSync('CONIN$', 'r'), output: openSync('CONOUT$', 'w') }
    const fd = openSync('/dev/tty', 'r+')
    return { input: fd, output: fd }
  } catch {
    return undefined
  }
}

function readLine(fd: number): string | undefined {
  const buffer = new Uint8Array(MAX_LINE)
  const count = readSync(fd, buffer)
  return count === 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, count)).trim()
}

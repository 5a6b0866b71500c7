// The terminal of the person at it. Git drops a signing program's stderr where all goes well, and before 2.40 also where
// it does not; so what must be seen is written to the terminal itself, where there is one.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { World } from './world.ts'

/** No answer is longer. */
const MAX_ANSWER = 4096

/** Writes to stderr where that is a terminal, else to the controlling terminal; false where there is none. */
export function writeTerminal(world: World, text: string): boolean {
  if (world.isTerminal(2)) {
    world.write(2, text)
    return true
  }
  const fd = openTerminal(world.platform)
  if (fd === undefined) return false
  try {
    writeSync(fd, text)
    return true
  } catch {
    return false
  } finally {
    closeSync(fd)
  }
}

/** Whether somebody sees what is written. */
export function hasTerminal(world: World): boolean {
  if (world.isTerminal(2)) return true
  const fd = openTerminal(world.platform)
  if (fd !== undefined) closeSync(fd)
  return fd !== undefined
}

/**
 * A line typed at the terminal, whatever stdin is: Git's payload, or closed. Undefined where there is no terminal, its
 * end is typed, or `signal` says that nobody waits any more.
 */
export async function askTerminal(world: World, question: string, signal: AbortSignal): Promise<string | undefined> {
  const fd = openTerminal(world.platform, 'r')
  if (fd === undefined || !writeTerminal(world, question)) return undefined
  const { ReadStream } = await import('node:tty')
  const terminal = new ReadStream(fd)
  return await new Promise((resolve) => {
    let text = ''
    const end = (line?: string) => {
      terminal.destroy()
      resolve(line)
    }
    terminal.on('data', (data: Uint8Array) => {
      text += new TextDecoder().decode(data)
      if (text.includes('\n') || text.length > MAX_ANSWER) end(text.split('\n')[0]?.slice(0, MAX_ANSWER).trim())
    })
    terminal.on('end', () => end()).on('error', () => end())
    signal.addEventListener('abort', () => end(), { once: true })
  })
}

function openTerminal(platform: string, flags: 'w' | 'r' = 'w'): number | undefined {
  try {
    return openSync(platform === 'win32' ? (flags === 'r' ? 'CONIN$' : 'CONOUT$') : '/dev/tty', flags)
  } catch {
    return undefined
  }
}

// The terminal of the person at it. Git drops a signing program's stderr where all goes well, and before 2.40 also where
// it does not; so what must be seen is written to the terminal itself, where there is one.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { World } from './world.ts'

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

function openTerminal(platform: string): number | undefined {
  try {
    return openSync(platform === 'win32' ? 'CONOUT$' : '/dev/tty', 'w')
  } catch {
    return undefined
  }
}

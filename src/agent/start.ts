// Starts the agent: a process of its own, in a session of its own, that holds no descriptor of Git's, no folder, and no
// token of the environment.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { ownCommand } from '../system/self.ts'
import type { World } from '../system/world.ts'
import { askAgent } from './ask.ts'
import { processorShare } from './own.ts'
import { openDirectory, type Place, socketId } from './place.ts'

export interface StartOptions {
  readonly place: Place
  /** Arguments of `agent serve`. */
  readonly flags: readonly string[]
  /** Milliseconds until it must answer. */
  readonly patience: number
  /** Starts this program; how it was started itself unless given. */
  readonly command?: readonly string[]
}

const STEP = 10
const CLOSE_ON_EXEC = 0o2000000
const MAX_DESCRIPTOR = 1023
/** What it may need to find its place, and to ask a person; no token. */
const KEPT =
  /^(HOME|USER|LOGNAME|USERPROFILE|USERNAME|USERDOMAIN|LOCALAPPDATA|APPDATA|SYSTEMROOT|TEMP|TMP|TMPDIR|PATH|LANG|LC_\w+|XDG_RUNTIME_DIR|XDG_CACHE_HOME|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|SSH_ASKPASS|BUN_TMPDIR)$/i

/** True once a new agent answers at the place; an older one there is replaced. Throws `io` where the place is not safe. */
export async function startAgent(world: Pick<World, 'env' | 'platform'>, options: StartOptions): Promise<boolean> {
  const { place, flags, patience } = options
  const { platform } = world
  openDirectory(place, platform)
  // In a directory of ours whatever stands there may be replaced.
  const before = socketId(place.socket, platform)
  const child = spawnDetached([...(options.command ?? ownCommand()), 'agent', 'serve', ...flags], world, place)
  let hasEnded = false
  child.once('error', () => (hasEnded = true)).once('exit', () => (hasEnded = true))
  // By our own turns and not by the clock, as askAgent counts them.
  for (let left = patience; !hasEnded && left > 0; left -= STEP * processorShare()) {
    await new Promise((resolve) => setTimeout(resolve, STEP))
    if (platform !== 'win32' && socketId(place.socket, platform) === before) continue
    const asked = await askAgent({ op: 'status' }, { socket: place.socket, platform, patience: left })
    if (asked.answer === 'status' && asked.pid === child.pid) return true
  }
  return false
}

function spawnDetached(
  [program = '', ...args]: readonly string[],
  { env, platform }: Pick<World, 'env' | 'platform'>,
  { directory }: Place,
): ChildProcess {
  const nothing = platform === 'win32' ? undefined : openSync('/dev/null', 'r+')
  try {
    const child = spawn(program, args, {
      cwd: platform === 'win32' ? directory : '/',
      env: Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name))),
      // The runtime closes what it opened itself, and of what it inherited the first numbers only.
      stdio: ['ignore', 'ignore', 'ignore', ...Array(highestInherited() - 2).fill(nothing ?? 'ignore')],
      detached: true,
      windowsHide: true,
    })
    child.unref()
    return child
  } finally {
    if (nothing !== undefined) closeSync(nothing)
  }
}

/** The highest descriptor that a child would be left with, or 2. Only Linux has such. */
function highestInherited(): number {
  try {
    const open = readdirSync('/proc/self/fd').map(Number)
    return Math.max(2, ...open.filter((fd) => fd <= MAX_DESCRIPTOR && isInherited(fd)))
  } catch {
    return 2
  }
}

function isInherited(fd: number): boolean {
  try {
    const [, flags = '0'] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? []
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch {
    return false
  }
}

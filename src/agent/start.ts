// Starts the agent: a process of its own, in a session of its own, that holds no descriptor of Git's, no folder, and no
// token of the environment.
import { spawn } from 'node:child_process'
import { ownCommand } from '../system/self.ts'
import type { World } from '../system/world.ts'
import { askAgent } from './ask.ts'
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
  const [program = '', ...args] = [...(options.command ?? ownCommand()), 'agent', 'serve', ...flags]
  const child = spawn(program, args, {
    cwd: platform === 'win32' ? place.directory : '/',
    env: Object.fromEntries(Object.entries(world.env).filter(([name]) => KEPT.test(name))),
    stdio: 'ignore',
    detached: true,
    windowsHide: true,
  })
  child.unref()
  let hasEnded = false
  child.once('error', () => (hasEnded = true)).once('exit', () => (hasEnded = true))
  const until = Date.now() + patience
  while (!hasEnded && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, STEP))
    if (platform !== 'win32' && socketId(place.socket, platform) === before) continue
    const asked = await askAgent({ op: 'status' }, { socket: place.socket, platform, patience: until - Date.now() })
    if (asked.answer === 'status' && asked.pid === child.pid) return true
  }
  return false
}

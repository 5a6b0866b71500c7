// Where the agent listens: a socket only its owner can reach, in a directory only its owner can enter. Both sides check
// both, for a directory that somebody else planted would hand our payloads to them, or theirs to us.
import { lstatSync, mkdirSync, type Stats } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'
import { ownUser } from './own.ts'

export interface Place {
  readonly directory: string
  /** For the machine's own signers. */
  readonly socket: string
  /** May be forwarded to other machines; there only where that is allowed. */
  readonly forward: string
}

type Surroundings = Pick<World, 'env' | 'platform'>

/** sun_path of Linux has 108 bytes, of others 104. */
const MAX_PATH = 103

/** The place of this user's agent. Nothing is made or looked at. */
export function agentPlace({ env, platform }: Surroundings): Place {
  const directory = agentDirectory(env, platform)
  if (platform === 'win32') {
    const pipe = `\\\\.\\pipe\\gitsigil-${(env['USERDOMAIN'] ?? '').toLowerCase()}-${(env['USERNAME'] ?? '').toLowerCase()}`
    return { directory, socket: `${pipe}-agent`, forward: `${pipe}-forward` }
  }
  return { directory, socket: join(directory, 'agent.sock'), forward: join(directory, 'forward.sock') }
}

function agentDirectory(env: World['env'], platform: string): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? 'C:\\', 'gitsigil', 'agent')
  const runtime = env['XDG_RUNTIME_DIR']
  // Root who became another user keeps the other's variable.
  if (runtime !== undefined && isAbsolute(runtime) && isOurs(lookAt(runtime))) return join(runtime, 'gitsigil')
  // The same for all programs of the user, whatever temporary folder each has; Darwin gives every user one.
  const temporary = platform === 'darwin' ? (env['TMPDIR'] ?? '/tmp') : '/tmp'
  return join(temporary, `gitsigil-${ownUser() ?? 'agent'}`)
}

/** Makes the directory, if need be, and checks it. Throws `io`. */
export function openDirectory({ directory, socket }: Place, platform: string): void {
  if (platform !== 'win32' && Buffer.byteLength(socket) > MAX_PATH)
    throw new Fault('io', `${socket} is too long for a socket`, { hint: 'set XDG_RUNTIME_DIR to a shorter path' })
  try {
    mkdirSync(directory, { recursive: platform === 'win32', mode: 0o700 })
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw new Fault('io', `cannot make ${directory}: ${codeOf(cause)}`, { cause })
  }
  checkDirectory(directory, platform)
}

/** Throws `io` unless it is a directory of this user, closed to others, where others cannot replace it. */
export function checkDirectory(directory: string, platform: string): void {
  if (platform === 'win32') return
  const found = lookAt(directory)
  if (!found?.isDirectory())
    throw unsafe(directory, found === undefined ? 'is not there' : 'is no directory', `remove ${directory}`)
  if (!isOurs(found))
    throw unsafe(directory, 'belongs to somebody else', 'set XDG_RUNTIME_DIR to a directory of your own')
  if ((found.mode & 0o077) !== 0) throw unsafe(directory, 'is open to others', `chmod 700 ${directory}`)
  const above = lookAt(dirname(directory))
  if (above !== undefined && (above.mode & 0o1022) !== 0 && (above.mode & 0o1000) === 0)
    throw unsafe(dirname(directory), 'lets others replace what is in it', `chmod go-w ${dirname(directory)}`)
}

/** False where there is none. Throws `io` for one that is not a socket of this user in such a directory. */
export function checkSocket(path: string, platform: string): boolean {
  if (platform === 'win32') return true
  const found = lookAt(path)
  if (found === undefined && lookAt(dirname(path)) === undefined) return false
  checkDirectory(dirname(path), platform)
  if (found === undefined) return false
  if (!found.isSocket()) throw unsafe(path, 'is no socket')
  if (!isOurs(found)) throw unsafe(path, 'belongs to somebody else')
  if ((found.mode & 0o077) !== 0) throw unsafe(path, 'is open to others')
  return true
}

/** Tells one socket from another that took its place; undefined where there is none, and for the pipes of Windows. */
export function socketId(path: string, platform: string): string | undefined {
  const found = platform === 'win32' ? undefined : lookAt(path)
  return found && `${found.dev}:${found.ino}`
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function isOurs(found: Stats | undefined): boolean {
  return found !== undefined && found.uid === ownUser()
}

function unsafe(path: string, why: string, hint?: string): Fault {
  return new Fault('io', `${path} ${why}`, hint === undefined ? {} : { hint })
}

function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : String(error)
}

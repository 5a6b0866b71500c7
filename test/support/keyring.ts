// A keychain for tests: gnome-keyring in a D-Bus session of its own, over a folder of its own, gone with the test file.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export interface Keyring {
  /** What a program must have in its environment to find it. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export const hasKeyring: boolean =
  process.platform === 'linux' &&
  ['dbus-run-session', 'gnome-keyring-daemon'].every((name) => spawnSync('which', [name]).status === 0)
if (!hasKeyring) console.warn('skipped: gnome-keyring or dbus is absent, so no keychain can be shown')

const UNLOCKED = `printf 'a password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null`
const LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null'

/** @param folder holds the keyring's files; a second session over the same folder finds what the first one kept */
export async function startKeyring(folder: string, options: { readonly locked?: boolean } = {}): Promise<Keyring> {
  const home = { XDG_DATA_HOME: join(folder, 'data'), XDG_RUNTIME_DIR: join(folder, 'run'), HOME: folder }
  for (const path of [home.XDG_DATA_HOME, home.XDG_RUNTIME_DIR])
    if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 })
  const script = `${options.locked ? LOCKED : UNLOCKED}; echo "$DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null`
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
    env: { PATH: process.env['PATH'] ?? '', ...home },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(child, 'close')
  const stop = async () => {
    child.stdin.end()
    await ended
  }
  afterAll(stop)
  const [address] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  return { env: { DBUS_SESSION_BUS_ADDRESS: address.trim() }, stop }
}

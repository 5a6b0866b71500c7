// Git's own programs for signatures of other kinds: GnuPG and ssh-keygen, each in a folder of its own that nobody else
// enters, without the user's keys, settings and agents. None of them fetches anything.
import { join } from 'node:path'
import { decodeUtf8, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { run } from './child.ts'
import { writeBytes } from './files.ts'
import type { World } from './world.ts'

export interface ForeignRun {
  readonly status: number | null
  readonly stdout: string
}

/** Which programs, and the folder where they work. */
export interface Workshop {
  readonly home: string
  /** GnuPG, by its path or as a name on the PATH. */
  readonly openpgp: string
  /** OpenSSH's ssh-keygen, the same. */
  readonly ssh: string
}

const MAX_OUTPUT = 1 << 20
const GPG = ['--batch', '--no-tty', '--no-options', '--no-autostart', '--status-fd', '1'] as const
const GPG_ALONE = ['--trust-model', 'always', '--no-auto-key-locate', '--no-auto-key-retrieve'] as const

/** Adds a public key to the keyring; stdout is GnuPG's status. */
export async function importOpenPgp(world: World, at: Workshop, key: string): Promise<ForeignRun> {
  return await runIn(world, at, [...gpgIn(at), ...GPG, ...GPG_ALONE, '--import'], encodeUtf8(key))
}

/** Verifies against the keyring; stdout is GnuPG's status. */
export async function verifyOpenPgp(
  world: World,
  at: Workshop,
  signature: Uint8Array,
  payload: Uint8Array,
): Promise<ForeignRun> {
  const file = signatureFile(at)
  writeBytes(file, signature)
  return await runIn(world, at, [...gpgIn(at), ...GPG, ...GPG_ALONE, '--verify', file, '-'], payload)
}

/** Whose key made an SSH signature: principals of the allowed signers, one a line; status 0 where there are some. */
export async function findSshPrincipals(world: World, at: Workshop, signature: Uint8Array): Promise<ForeignRun> {
  const file = signatureFile(at)
  writeBytes(file, signature)
  return await runIn(world, at, [at.ssh, '-Y', 'find-principals', '-f', signersFile(at), '-s', file])
}

/** Verifies what `findSshPrincipals` left there, in Git's namespace. */
export async function verifySsh(
  world: World,
  at: Workshop,
  principal: string,
  payload: Uint8Array,
): Promise<ForeignRun> {
  const flags = ['-f', signersFile(at), '-I', principal, '-n', 'git', '-s', signatureFile(at)]
  return await runIn(world, at, [at.ssh, '-Y', 'verify', ...flags], payload)
}

/** Replaces the allowed signers. */
export function writeSshSigners(at: Workshop, lines: readonly string[]): void {
  writeBytes(signersFile(at), encodeUtf8(lines.map((line) => `${line}\n`).join('')))
}

function gpgIn({ openpgp, home }: Workshop): readonly string[] {
  return [openpgp, '--homedir', home]
}

function signatureFile({ home }: Workshop): string {
  return join(home, 'signature')
}

function signersFile({ home }: Workshop): string {
  return join(home, 'allowed_signers')
}

async function runIn(
  world: World,
  { home, openpgp }: Workshop,
  command: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<ForeignRun> {
  const env = { ...world.env, GNUPGHOME: home, LC_ALL: 'C' }
  try {
    const { status, stdout } = await run(command, { cwd: home, env, input, limit: MAX_OUTPUT })
    return { status, stdout: decodeUtf8(stdout, command[0]) }
  } catch (cause) {
    throw new Fault('io', `cannot run ${command[0]}, which the policy's keys need`, {
      cause,
      hint: `install ${command[0] === openpgp ? 'GnuPG' : 'OpenSSH'}, or take those keys out of the policy`,
    })
  }
}

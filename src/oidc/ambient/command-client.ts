// Platforms whose own program gives the token: it is run, and prints the token alone.
import { decodeLatin1 } from '../../bytes.ts'
import { Secret } from '../../secret.ts'
import { type CommandOptions, type Ended, runCommand } from '../../system/command.ts'
import { printable, redact } from '../../system/http-fault.ts'
import type { World } from '../../system/world.ts'
import { noToken } from '../provider.ts'
import { type IdentityToken, parseToken } from '../token.ts'

export interface TokenCommand {
  /** For messages: `Buildkite`. */
  readonly platform: string
  readonly command: readonly string[]
  /** An argument that older versions do not know; where they complain of it, it is left out. */
  readonly recent?: string
  /** What to do where there is no such program. */
  readonly missing: string
  /** What to do where it refuses. */
  readonly refused: string
  /** Cut out of what it says: the credential it uses itself. */
  readonly secret?: string | undefined
}

export interface CommandPorts {
  readonly world: Pick<World, 'env'>
  /** Milliseconds; 15,000 unless given. */
  readonly timeout?: number
  /** Runs the program, unless it is to be run by nobody. */
  readonly run?: typeof runCommand
}

const TIMEOUT = 15_000
const MAX_QUOTE = 200

export async function tokenByCommand(asked: TokenCommand, ports: CommandPorts): Promise<IdentityToken> {
  const timeout = ports.timeout ?? TIMEOUT
  const ended = await runAnyVersion(asked, { env: ports.world.env, timeout }, ports.run ?? runCommand)
  if (ended.how === 'exit' && ended.status === 0) return parseToken(decodeLatin1(ended.stdout).trim(), asked.platform)
  const { why, hint } = failureOf(asked, ended, timeout)
  throw noToken(asked.platform, `gave this job no identity token: ${programOf(asked)} ${why}`, hint)
}

async function runAnyVersion(
  { command, recent }: TokenCommand,
  options: CommandOptions,
  run: typeof runCommand,
): Promise<Ended> {
  const ended = await run(command, options)
  if (recent === undefined || ended.how !== 'exit' || ended.status === 0) return ended
  if (!decodeLatin1(ended.stderr).includes(recent.replace(/^-+/, ''))) return ended
  return await run(
    command.filter((argument) => argument !== recent),
    options,
  )
}

function programOf({ command: [program = ''] }: TokenCommand): string {
  return program
}

function failureOf(asked: TokenCommand, ended: Ended, timeout: number): { why: string; hint: string } {
  switch (ended.how) {
    case 'missing':
      return { why: 'is not on the PATH', hint: asked.missing }
    case 'late':
      return { why: `did not answer within ${timeout / 1000} s`, hint: 'try again, or see the status of the platform' }
    case 'broken':
      return { why: ended.why, hint: asked.missing }
    case 'exit':
      return { why: `failed${lastWord(asked, ended.stderr)}`, hint: asked.refused }
  }
}

/** The last line it wrote, where programs say what ended them. */
function lastWord({ secret }: TokenCommand, stderr: Uint8Array): string {
  const lines = new TextDecoder()
    .decode(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '')
  // Colours first: an escape sequence in the middle of a secret would hide it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const plain = (lines.at(-1) ?? '').replace(/\x1b\[[\d;]*[A-Za-z]/g, '')
  const line = printable(redact(plain, secret ? [new Secret(secret)] : [])).slice(0, MAX_QUOTE)
  return line === '' ? '' : `: ${line}`
}

// The system's keychain: one item for each login that is kept, under the service `gitsigil`. Every call is made by a
// child that is killed when it takes too long: a keychain that is stuck would keep the process that asked from ending.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Fault } from '../errors.ts'
import { Secret } from '../secret.ts'
import { makePrivateDirectory } from './private-files.ts'
import { ownCommand } from './self.ts'
import type { World } from './world.ts'

/** What it holds for us. Each method throws `io`, one line, where the keychain is locked, absent or does not answer. */
export interface Keychain {
  read(account: string): Promise<Secret | undefined>
  write(account: string, secret: Secret): Promise<void>
  remove(account: string): Promise<void>
  /** Names of all accounts, sorted; none from a locked keychain. */
  list(): Promise<readonly string[]>
}

export interface KeychainOptions {
  /** `gitsigil.keychain`; true unless given. */
  readonly enabled?: boolean
  /** Milliseconds for one call; 2,000 unless given. Longer where a person may be asked to unlock it. */
  readonly timeout?: number
  /** Starts this program; how it was started itself unless given. */
  readonly command?: readonly string[]
}

/** Why there is none; a line for a note, never an error. */
export interface NoKeychain {
  readonly why: string
}

/** One call of the child, a line of JSON on its stdin (see keychain/call.ts). */
export type KeychainCall =
  | { readonly action: 'list' }
  | { readonly action: 'read' | 'remove'; readonly account: string }
  | { readonly action: 'write'; readonly account: string; readonly secret: string }

/** What it answers on its stdout. */
export type KeychainAnswer =
  | { readonly accounts?: readonly string[]; readonly secret?: string | undefined }
  | { readonly why: string }

type Caller = Pick<World, 'cwd' | 'env'>
type Ask = (call: KeychainCall) => Promise<KeychainAnswer>

const TIMEOUT = 2_000
const MAX_ANSWER = 1 << 20

/** Opens the keychain by one call, or says why it cannot be used. Never throws a fault. */
export async function openKeychain(world: Caller, options: KeychainOptions = {}): Promise<Keychain | NoKeychain> {
  if (options.enabled === false) return { why: 'gitsigil.keychain is false' }
  const ask = (call: KeychainCall) => callChild(world, options, call)
  const first = await ask({ action: 'list' })
  return 'why' in first ? { why: first.why } : keychainOver(ask, first.accounts ?? [])
}

export function isKeychain(opened: Keychain | NoKeychain): opened is Keychain {
  return !('why' in opened)
}

/** Whether `why` says that there is no keychain at all, in which nothing could be kept. */
export function isAbsence(why: string): boolean {
  return /^gitsigil\.keychain is false|no D-Bus session|not? .*installed|there is no keychain module/.test(why)
}

/** Whether it takes a new item, which a locked one does not. Throws as its methods do. */
export async function probeKeychain(keychain: Keychain): Promise<void> {
  await keychain.write('probe', new Secret('probe'))
  await keychain.remove('probe')
}

function keychainOver(ask: Ask, first: readonly string[]): Keychain {
  let known: readonly string[] | undefined = first
  const must = async (call: KeychainCall) => {
    if (call.action === 'write' || call.action === 'remove') known = undefined
    const answer = await ask(call)
    if ('why' in answer) throw new Fault('io', `the keychain cannot be used: ${answer.why}`)
    return answer
  }
  return {
    async read(account) {
      const { secret } = await must({ action: 'read', account })
      return secret === undefined ? undefined : new Secret(secret)
    },
    async write(account, secret) {
      await must({ action: 'write', account, secret: secret.reveal() })
    },
    async remove(account) {
      await must({ action: 'remove', account })
    },
    async list() {
      known ??= (await must({ action: 'list' })).accounts ?? []
      return known
    },
  }
}

function callChild(world: Caller, options: KeychainOptions, call: KeychainCall): Promise<KeychainAnswer> {
  const [program = '', ...args] = [...(options.command ?? ownCommand()), 'keychain-call']
  const limit = options.timeout ?? TIMEOUT
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: world.cwd,
      env: childEnvironment(world.env),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    const end = (answer: KeychainAnswer) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      resolve(answer)
    }
    const timer = setTimeout(() => end({ why: `it did not answer within ${limit / 1000} s` }), limit)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      // Its answer is whole with the line feed; what it does after that is of no interest.
      if (output.includes('\n') || output.length > MAX_ANSWER) end(parseAnswer(output))
    })
    child.once('error', () => end({ why: 'this program could not be started again to ask it' }))
    child.once('close', () => end(parseAnswer(output)))
    child.stdin.on('error', () => undefined)
    child.stdin.end(`${JSON.stringify(call)}\n`)
  })
}

// keytar 7.10 reads the password of a locked item through a null pointer, so a crash says that as a rule.
function parseAnswer(text: string): KeychainAnswer {
  try {
    return JSON.parse(text) as KeychainAnswer
  } catch {
    return { why: 'it is locked, or its module crashed' }
  }
}

// The standalone executable unpacks its module into the temporary folder: better into one that nobody else can write.
function childEnvironment(env: World['env']): NodeJS.ProcessEnv {
  const cache = env['XDG_CACHE_HOME'] || (env['HOME'] ? join(env['HOME'], '.cache') : undefined)
  if (cache === undefined || !cache.startsWith('/')) return { ...env }
  const folder = join(cache, 'gitsigil', 'module')
  try {
    makePrivateDirectory(folder)
    return { ...env, TMPDIR: folder, BUN_TMPDIR: folder }
  } catch (thrown) {
    if (thrown instanceof Fault) return { ...env }
    throw thrown
  }
}

// What a caller of Git's door asks for: the flags of gpg that Git, gitsign's users and EGit give (gpg-interface.c), and
// those of the option table, for a script between Git and us.
// An unknown flag is refused: a flag that is dropped in silence may have meant something.
import type { Option } from '../config/option.ts'
import { OPTIONS } from '../config/options.ts'
import { Fault, Misspelt } from '../errors.ts'

/** Values of options by their flags' names, as the configuration takes them. */
export type OptionFlags = ReadonlyMap<string, readonly string[]>

export type GitCall =
  | {
      readonly action: 'verify'
      readonly statusFd?: number
      readonly flags?: OptionFlags
      readonly signature: string
      readonly payload: string
    }
  | {
      readonly action: 'sign'
      readonly statusFd?: number
      readonly flags?: OptionFlags
      readonly armor: boolean
      /** `-u`: whose key, as Git understands it. */
      readonly key?: string
      /** A file, or `-`. */
      readonly payload: string
      readonly output: string
      /** Things to tell that change nothing. */
      readonly hints: readonly string[]
    }
  | { readonly action: 'list' | 'version' }

type Given = Map<string, string>
type GivenOptions = Map<string, readonly string[]>

const SHORT: Readonly<Record<string, string>> = {
  a: 'armor',
  b: 'detach-sign',
  k: 'list-keys',
  K: 'list-secret-keys',
  o: 'output',
  q: 'quiet',
  s: 'sign',
  u: 'local-user',
  v: 'verify',
}
const VALUED = new Set(['status-fd', 'local-user', 'output', 'include-certs', 'keyid-format', 'logger-fd'])
const SWITCHES = new Set([
  ...['sign', 'detach-sign', 'detached-sign', 'armor', 'verify', 'version'],
  ...['list-keys', 'list-secret-keys', 'list-public-keys', 'locate-keys', 'with-colons', 'with-fingerprint'],
  ...['fixed-list-mode', 'batch', 'no-tty', 'quiet', 'yes', 'no-verbose'],
])
const OPTION_FLAGS = new Map(
  Object.values<Option<unknown>>(OPTIONS).flatMap((option) =>
    option.flag === undefined ? [] : [[option.flag, option] as const],
  ),
)
const HINT = 'gitsigil help lists the commands'
const LISTINGS = ['list-keys', 'list-secret-keys', 'list-public-keys', 'locate-keys']

/** Reads the arguments. Throws `usage`. */
export function parseGitCall(args: readonly string[]): GitCall {
  const given: Given = new Map()
  const options: GivenOptions = new Map()
  const operands: string[] = []
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') operands.push(...rest.splice(0))
    else if (arg.startsWith('--')) readLong(arg, rest, given, options)
    else if (arg.startsWith('-') && arg !== '-') readShort(arg, rest, given)
    else operands.push(arg)
  }
  return callOf(given, options, operands)
}

/** The descriptor for status lines, as far as it can be told from arguments that may be wrong otherwise. */
export function findStatusFd(args: readonly string[]): number | undefined {
  const at = args.findLastIndex((arg) => /^--status-fd(?:=|$)/.test(arg))
  const text = args[at]?.includes('=') ? args[at].slice('--status-fd='.length) : args[at + 1]
  return at >= 0 && text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined
}

function readLong(arg: string, rest: string[], given: Given, options: GivenOptions): void {
  const equals = arg.indexOf('=')
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals)
  const attached = equals < 0 ? undefined : arg.slice(equals + 1)
  if (VALUED.has(name)) {
    put(given, name, attached ?? rest.shift())
    return
  }
  const option = OPTION_FLAGS.get(name)
  if (option !== undefined) {
    putOption(options, name, option, attached ?? (option.form === 'true|false' ? 'true' : rest.shift()))
    return
  }
  if (!SWITCHES.has(name) || attached !== undefined) throw unknownFlag(arg, name)
  put(given, name === 'detached-sign' ? 'detach-sign' : name, '')
  if (name === 'detached-sign') given.set('deprecated', '--detached-sign is deprecated: use --detach-sign')
}

function unknownFlag(arg: string, word: string): Fault {
  const known = ['help', ...VALUED, ...SWITCHES, ...OPTION_FLAGS.keys()]
  return new Misspelt(`unknown flag ${JSON.stringify(arg)}`, { word, known, before: '--', hint: HINT })
}

// `-bsau KEY`: letters in a row, the last of which may take a value.
function readShort(arg: string, rest: string[], given: Given): void {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg.charAt(at)
    const name = Object.hasOwn(SHORT, letter) ? SHORT[letter] : undefined
    if (name === undefined) throw new Fault('usage', `unknown flag -${letter}`, { hint: HINT })
    const isValued = VALUED.has(name)
    put(given, name, isValued ? arg.slice(at + 1) || rest.shift() : '')
    if (isValued) return
  }
}

function put(given: Given, name: string, value: string | undefined): void {
  if (value === undefined) throw new Fault('usage', `--${name} needs a value`)
  if (given.has(name)) throw new Fault('usage', `--${name} is given twice`)
  given.set(name, value)
}

function putOption(options: GivenOptions, name: string, option: Option<unknown>, value: string | undefined): void {
  if (value === undefined) throw new Fault('usage', `--${name} needs a value`)
  const before = options.get(name) ?? []
  if (before.length > 0 && !option.repeats) throw new Fault('usage', `--${name} is given twice`)
  options.set(name, [...before, value])
}

function callOf(given: Given, options: GivenOptions, operands: readonly string[]): GitCall {
  if (given.has('version')) return { action: 'version' }
  if (LISTINGS.some((name) => given.has(name))) return { action: 'list' }
  const signs = given.has('sign') || given.has('detach-sign')
  if (signs === given.has('verify')) throw new Fault('usage', 'one of --sign and --verify is needed')
  const flags = options.size === 0 ? {} : { flags: options }
  return { ...(signs ? signCall(given, operands) : verifyCall(given, operands)), ...flags }
}

function verifyCall(given: Given, operands: readonly string[]): GitCall {
  const [signature, payload, ...more] = operands
  if (signature === undefined || payload === undefined || more.length > 0)
    throw new Fault('usage', 'expected --verify SIGNATURE PAYLOAD, the payload a file or -')
  return { action: 'verify', ...statusFdOf(given), signature, payload }
}

function signCall(given: Given, operands: readonly string[]): GitCall {
  if (!given.has('detach-sign')) throw new Fault('usage', 'only detached signatures are made: add --detach-sign')
  if (operands.length > 1) throw new Fault('usage', 'one payload at a time')
  const key = given.get('local-user')
  return {
    action: 'sign',
    ...statusFdOf(given),
    armor: given.has('armor'),
    ...(key === undefined ? {} : { key }),
    payload: operands[0] ?? '-',
    output: given.get('output') ?? '-',
    hints: hintsOf(given),
  }
}

function hintsOf(given: Given): readonly string[] {
  const certs = given.get('include-certs')
  if (certs !== undefined && !/^-?\d{1,4}$/.test(certs)) throw new Fault('usage', '--include-certs is not a number')
  const deprecated = given.get('deprecated')
  return [
    ...(deprecated === undefined ? [] : [deprecated]),
    ...(certs === undefined || certs === '-2' ? [] : ['--include-certs has no effect: the leaf alone is stored']),
  ]
}

function statusFdOf(given: Given): { readonly statusFd?: number } {
  const text = given.get('status-fd')
  if (text === undefined || text === '-1') return {}
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Fault('usage', `--status-fd is not a descriptor: ${JSON.stringify(text)}`)
  return { statusFd: Number(text) }
}

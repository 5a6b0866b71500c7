// Command line flags, strictly: an unknown flag, one given twice or one without its value is a usage fault, because a
// misspelt flag that is dropped in silence drops the check it asked for.
import { Fault, Misspelt } from '../errors.ts'

/** A flag: `value` takes one, `list` may be repeated, `switch` takes none (or `=true`, `=false`). */
export interface FlagSpec {
  readonly kind: 'value' | 'list' | 'switch'
  /** One letter, without its dash. */
  readonly short?: string
  /** What stands for the value in the help, for example `FILE`. */
  readonly value?: string
  readonly help: string
}

export type FlagTable = Readonly<Record<string, FlagSpec>>

/** What was given, by the flags' names without dashes. */
export interface ParsedFlags {
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly operands: readonly string[]
}

/** Reads arguments; `--` ends the flags. Throws `usage`. */
export function parseFlags(args: readonly string[], table: FlagTable): ParsedFlags {
  const values = new Map<string, readonly string[]>()
  const operands: string[] = []
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') operands.push(...rest.splice(0))
    else if (arg.startsWith('-') && arg !== '-') readFlag(arg, rest, table, values)
    else operands.push(arg)
  }
  return { values, operands }
}

/** The value of a flag that is given at most once. */
export function flagValue(flags: ParsedFlags, name: string): string | undefined {
  return flags.values.get(name)?.[0]
}

export function isSet(flags: ParsedFlags, name: string): boolean {
  return flagValue(flags, name) === 'true'
}

function readFlag(arg: string, rest: string[], table: FlagTable, values: Map<string, readonly string[]>): void {
  const equals = arg.indexOf('=')
  const written = equals < 0 ? arg : arg.slice(0, equals)
  const name = nameOf(written, table)
  const spec = name === undefined || !Object.hasOwn(table, name) ? undefined : table[name]
  if (name === undefined || spec === undefined) throw unknownFlag(written, table)
  const before = values.get(name) ?? []
  if (before.length > 0 && spec.kind !== 'list') throw new Fault('usage', `${written} is given twice`)
  values.set(name, [...before, readOwn(written, spec, equals < 0 ? undefined : arg.slice(equals + 1), rest)])
}

function nameOf(written: string, table: FlagTable): string | undefined {
  if (written.startsWith('--')) return written.slice(2)
  return Object.keys(table).find((name) => table[name]?.short === written.slice(1))
}

function readOwn(written: string, spec: FlagSpec, attached: string | undefined, rest: string[]): string {
  if (spec.kind !== 'switch') {
    const value = attached ?? rest.shift()
    if (value === undefined) throw new Fault('usage', `${written} needs a value`)
    return value
  }
  if (attached === undefined || attached === 'true') return 'true'
  if (attached === 'false') return 'false'
  throw new Fault('usage', `${written} is true or false, not ${JSON.stringify(attached)}`)
}

function unknownFlag(written: string, table: FlagTable): Fault {
  return new Misspelt(`unknown flag ${JSON.stringify(written)}`, {
    word: written.replace(/^--?/, ''),
    known: Object.keys(table),
    before: '--',
    hint: '--help lists those of the command',
  })
}

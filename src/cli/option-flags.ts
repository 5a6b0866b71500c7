// The flags of the options that commands share, made from the option table.
import type { Option } from '../config/option.ts'
import { OPTIONS } from '../config/options.ts'
import type { FlagSpec, FlagTable } from './flags.ts'

/** Flags of the options that matter to verification. */
export const OPTION_FLAGS: FlagTable = flagsOf(['trustedRoot', 'instance', 'allow', 'policy', 'insecureIgnoreSCT'])

/** Flags of the options that matter to who watches a log. */
export const WATCHING_FLAGS: FlagTable = flagsOf(['trustedRoot', 'instance', 'policy', 'webhook'])

/** Flags of the options that matter to signing. */
export const SIGNING_FLAGS: FlagTable = flagsOf(['identityToken', 'trustedRoot', 'signingConfig', 'instance'])

function flagsOf(names: readonly (keyof typeof OPTIONS)[]): FlagTable {
  return Object.fromEntries(names.flatMap((name) => entryOf(OPTIONS[name])))
}

function entryOf(option: Option<unknown>): readonly (readonly [string, FlagSpec])[] {
  if (option.flag === undefined) return []
  const kind = option.repeats ? 'list' : option.form === 'true|false' ? 'switch' : 'value'
  return [[option.flag, { kind, value: option.form, help: option.help }]]
}

// The flags of `monitor`: whom to watch, in which repositories their objects are, and where to tell what was seen.
import { Fault } from '../errors.ts'
import type { AlertChoice } from '../monitor/look.ts'
import type { Watched } from '../monitor/watch.ts'
import type { Pattern } from '../policy/document.ts'
import { escapeText } from '../tell.ts'
import { type FlagTable, flagValue, type ParsedFlags } from './flags.ts'
import { IN_FLIGHT_FLAG } from './online-flags.ts'
import { WATCHING_FLAGS } from './option-flags.ts'

export const MONITOR_FLAGS: FlagTable = {
  repository: { kind: 'list', value: 'FOLDER', help: 'where the objects are; the repository here unless given' },
  identity: { kind: 'list', value: 'ISSUER SUBJECT', help: 'whom to watch; those of the policy in force unless given' },
  email: { kind: 'list', value: 'ADDRESS', help: 'the same by an address, of the --issuer ones or of any' },
  subject: { kind: 'list', value: 'NAME', help: 'the same by any name that a certificate can hold' },
  'subject-regexp': { kind: 'list', value: 'RE2', help: 'the same by a pattern of the whole name' },
  issuer: { kind: 'list', value: 'URL', help: 'of these issuers; without a name, everybody of theirs' },
  'issuer-regexp': { kind: 'list', value: 'RE2', help: 'the same by a pattern of the whole URL' },
  alert: { kind: 'list', value: 'attestation|doubtful', help: 'kinds that are an alert too, and not only a note' },
  url: { kind: 'value', value: 'URL', help: 'the log; every one of the instance that is in use unless given' },
  from: {
    kind: 'value',
    value: 'INDEX',
    help: 'where a first run begins; what is in the log by then is left out unless given',
  },
  'max-age': { kind: 'value', value: 'TIME', help: 'a checkpoint older than this is an alert: 90s, 30m, 24h, 7d' },
  grace: { kind: 'value', value: 'TIME', help: 'how long the object of an entry is waited for before it is an alert' },
  watch: { kind: 'switch', help: 'go on until Ctrl-C (status 130), a round each --interval' },
  interval: { kind: 'value', value: 'TIME', help: 'time between two rounds (5m)' },
  state: {
    kind: 'value',
    value: 'FOLDER',
    help: 'what is remembered; in $XDG_STATE_HOME, one for these repositories and people',
  },
  rewatch: { kind: 'switch', help: 'go on from here in a --state that remembers what was seen of others' },
  format: { kind: 'value', value: 'text|jsonl', help: 'form of what is seen on standard output (text)' },
  'github-issue': { kind: 'value', value: 'FILE', help: 'the alerts as the text of an issue; - for standard output' },
  smtp: { kind: 'value', value: 'URL', help: 'mail server, smtps://[USER@]HOST or smtp://...; GITSIGIL_SMTP_PASSWORD' },
  'mail-to': { kind: 'list', value: 'ADDRESS', help: 'who gets a mail with the alerts' },
  'mail-from': { kind: 'value', value: 'ADDRESS', help: 'whom it is from; the first of --mail-to unless given' },
  jobs: { kind: 'value', value: 'N', help: 'threads that read entries (default: as many as there are processors)' },
  ...IN_FLIGHT_FLAG,
  ...WATCHING_FLAGS,
}

const CHOICES: readonly AlertChoice[] = ['attestation', 'doubtful']
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Throws `usage`. */
export function watchedFrom(flags: ParsedFlags): readonly Watched[] {
  const identities = each(flags, 'identity').map((text): Watched => {
    const [, issuer, subject] = /^(\S+) (.+)$/.exec(text) ?? []
    if (issuer === undefined || subject === undefined)
      throw new Fault('usage', '--identity is written ISSUER SUBJECT', {
        hint: "for example --identity 'https://accounts.google.com alice@example.com'",
      })
    return { name: subject, issuer: { exact: issuer }, subject: { exact: checkName('identity', subject) } }
  })
  const subjects = [...exact(flags, 'email'), ...exact(flags, 'subject'), ...regexp(flags, 'subject-regexp')]
  const issuers = [...exact(flags, 'issuer'), ...regexp(flags, 'issuer-regexp')]
  if (subjects.length === 0) return [...identities, ...issuers.map((issuer) => ({ name: nameOf(issuer), issuer }))]
  if (issuers.length === 0) return [...identities, ...subjects.map((subject) => ({ name: nameOf(subject), subject }))]
  const pairs = subjects.flatMap((subject) => issuers.map((issuer) => ({ name: nameOf(subject), issuer, subject })))
  return [...identities, ...pairs]
}

export function alertsFrom(flags: ParsedFlags): readonly AlertChoice[] {
  return each(flags, 'alert').map((text) => {
    const found = CHOICES.find((choice) => choice === text)
    if (found === undefined) throw new Fault('usage', `--alert is ${CHOICES.join(' or ')}, not ${text}`)
    return found
  })
}

/** Milliseconds; undefined where it is not given. Throws `usage`. */
export function timeFrom(flags: ParsedFlags, name: string): number | undefined {
  const text = flagValue(flags, name)
  if (text === undefined) return undefined
  const [, count, unit = 's'] = /^([1-9]\d{0,5})([smhd]?)$/.exec(text) ?? []
  if (count === undefined) throw new Fault('usage', `--${name}: not a time such as 90s, 30m, 24h or 7d: ${text}`)
  return Number(count) * (UNITS[unit === '' ? 's' : unit] ?? 0)
}

/** Throws `usage`. */
export function indexFrom(flags: ParsedFlags): number | undefined {
  const text = flagValue(flags, 'from')
  if (text === undefined) return undefined
  if (!/^(?:0|[1-9]\d{0,14})$/.test(text)) throw new Fault('usage', `--from: not an index: ${text}`)
  return Number(text)
}

function each(flags: ParsedFlags, name: string): readonly string[] {
  return flags.values.get(name) ?? []
}

function exact(flags: ParsedFlags, name: string): readonly Pattern[] {
  return each(flags, name).map((text) => ({ exact: checkName(name, text) }))
}

function regexp(flags: ParsedFlags, name: string): readonly Pattern[] {
  return each(flags, name).map((text) => ({ regexp: checkName(name, text) }))
}

// Nobody is called so: a script whose variable is empty would watch nobody, and hear that all is well.
function checkName(flag: string, text: string): string {
  const isName = text !== '' && text.trim() === text && escapeText(text) === text
  if (isName && (flag !== 'email' || text.includes('@'))) return text
  throw new Fault('usage', `--${flag}: nobody has such a name: ${JSON.stringify(text)}`)
}

function nameOf(pattern: Pattern): string {
  return 'exact' in pattern ? pattern.exact : pattern.regexp
}

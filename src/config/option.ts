// The kinds of option there are: how each is written and read. A reader gives the value, or why the text has none.

export type Read<T> = { readonly value: T } | { readonly why: string }

export interface Option<T> {
  /** Environment names, the first that is set wins. */
  readonly env: readonly string[]
  /** Git config keys below `gitsigil.` and, after it, `gitsign.`. */
  readonly sections: readonly ('gitsigil' | 'gitsign')[]
  /** Command line flag, without dashes. */
  readonly flag?: string
  /** What stands for the value in tables, for example `URL`. */
  readonly form: string
  /** Every value counts, not the last alone. */
  readonly repeats: boolean
  /** The default as a user would write it; empty where there is none. */
  readonly shown: string
  readonly help: string
  readonly default: T
  /** Reads all values given in one place, in order; never none. */
  read(texts: readonly string[]): Read<T>
}

interface Place {
  readonly env: readonly string[]
  readonly gitsign?: boolean
  /** False for what only the environment names. */
  readonly git?: boolean
  readonly flag?: string
  readonly help: string
}

/** GITSIGIL_, then GITSIGN_, then SIGSTORE_, as gitsign's options have it. */
export function sigstoreEnv(name: string): readonly string[] {
  return [`GITSIGIL_${name}`, `GITSIGN_${name}`, `SIGSTORE_${name}`]
}

export function text(place: Place): Option<string | undefined> {
  return single(place, 'TEXT', undefined, (value) => ({ value }))
}

/** Text of one form; `why` says what another one is not. */
export function matching(form: string, pattern: RegExp, why: string, place: Place): Option<string | undefined> {
  return single(place, form, undefined, (value) => (pattern.test(value) ? { value } : { why }))
}

export function textOr(standard: string, place: Place): Option<string> {
  return single(place, 'TEXT', standard, (value) => ({ value }))
}

/** Short names mean one ref or another, whichever there is. */
export function fullRef(standard: string, place: Place): Option<string> {
  return single(place, 'REF', standard, (value) =>
    /^refs\/[^\s~^:?*[\\]+$/.test(value) ? { value } : { why: 'not the full name of a ref, such as refs/heads/main' },
  )
}

export function file(place: Place): Option<string | undefined> {
  return single(place, 'FILE', undefined, (value) => ({ value }))
}

/** Only loopback may be plain http: a token or an answer would travel in the clear. */
export function url(place: Place): Option<string | undefined> {
  return single(place, 'URL', undefined, readUrl)
}

export function truth(standard: boolean, place: Place): Option<boolean> {
  return single(place, 'true|false', standard, readTruth)
}

export function natural(standard: number, place: Place, range?: { least?: number; most?: number }): Option<number> {
  return naturalOr<number>(standard, place, range)
}

export function naturalOr<T extends number | undefined>(
  standard: T,
  place: Place,
  { least = 0, most = 999_999_999 } = {},
): Option<T | number> {
  return single<T | number>(place, 'NUMBER', standard, (value) => {
    if (!/^\d{1,9}$/.test(value)) return { why: 'not a whole number' }
    if (Number(value) < least) return { why: `less than ${least}` }
    return Number(value) > most ? { why: `more than ${most}` } : { value: Number(value) }
  })
}

export function choice<T extends string>(choices: readonly T[], place: Place): Option<T | undefined> {
  return choiceOr<T | undefined>(choices, undefined, place)
}

export function choiceOr<T extends string | undefined>(
  choices: readonly NonNullable<T>[],
  standard: T,
  place: Place,
  aliases: Readonly<Record<string, NonNullable<T>>> = {},
): Option<T> {
  return single(place, choices.join('|'), standard, (value) => {
    const found =
      choices.find((known) => known === value) ?? (Object.hasOwn(aliases, value) ? aliases[value] : undefined)
    return found === undefined ? { why: `not one of ${choices.join(', ')}` } : { value: found }
  })
}

/** Repeatable; in the environment one value a line. */
export function list(form: string, place: Place): Option<readonly string[]> {
  return { ...base(place, form, [], ''), repeats: true, read: (texts) => ({ value: texts }) }
}

function single<T>(place: Place, form: string, standard: T, readOne: (text: string) => Read<T>): Option<T> {
  const shown = standard === undefined ? '' : String(standard)
  return { ...base(place, form, standard, shown), repeats: false, read: (texts) => readOne(texts.at(-1) ?? '') }
}

function base<T>(place: Place, form: string, standard: T, shown: string) {
  const sections: Option<T>['sections'] =
    place.git === false ? [] : place.gitsign === true ? ['gitsigil', 'gitsign'] : ['gitsigil']
  const flag = place.flag === undefined ? {} : { flag: place.flag }
  return { env: place.env, sections, ...flag, form, shown, help: place.help, default: standard }
}

function readUrl(value: string): Read<string | undefined> {
  if (!URL.canParse(value)) return { why: 'not a URL' }
  const parsed = new URL(value)
  if (parsed.username !== '' || parsed.password !== '') return { why: 'a URL with a password in it' }
  if (parsed.protocol === 'https:') return { value }
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(parsed.hostname)
  return parsed.protocol === 'http:' && isLoopback
    ? { value }
    : { why: 'not an https URL (loopback alone may be http)' }
}

/** Git's words and Go's: gitsign reads both, from its two sources. */
function readTruth(value: string): Read<boolean> {
  if (/^(?:true|yes|on|1|t)$/i.test(value)) return { value: true }
  return /^(?:false|no|off|0|f)$/i.test(value) ? { value: false } : { why: 'not true or false' }
}

// Which value an option has: a flag beats the environment, that beats git config, that beats the default. (An instance's
// signing config stands between the last two; compose/assessor.ts asks `isGiven` for that.) A malformed value is never replaced
// by a default: it is a fault that names where it was found.
import { Fault } from '../errors.ts'
import type { Option } from './option.ts'
import { OPTIONS, type OptionName, type ValueOf } from './options.ts'

/** Scopes as git config names them. */
export type Scope = 'system' | 'global' | 'local' | 'worktree' | 'command' | 'unknown'

/** One git config entry; the key as Git prints it, lower case but for the subsection. A key without `=` has no value. */
export interface ConfigEntry {
  readonly scope: Scope
  readonly key: string
  readonly value: string | undefined
  /** The file it stands in, as Git names it from where it ran; kept for the repository's own alone. */
  readonly origin?: string
}

export type Source =
  | { readonly from: 'flag' | 'environment'; readonly name: string }
  | { readonly from: 'git config'; readonly name: string; readonly scope: Scope }
  | { readonly from: 'default' }

export type Settings = { readonly [K in OptionName]: ValueOf<K> }

export interface Resolved {
  readonly settings: Settings
  readonly sources: Readonly<Record<OptionName, Source>>
}

export interface Given {
  /** By the flags' names, without dashes. */
  readonly flags: ReadonlyMap<string, readonly string[]>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly git: readonly ConfigEntry[]
  /** `win32` knows drives and backslashes; elsewhere they are the beginnings of relative names. */
  readonly platform?: string
}

interface Found {
  readonly source: Source
  readonly texts: readonly string[]
}

/** Resolves every option. Throws `config` for the first malformed value, `usage` where a flag gave it. */
export function resolveSettings(given: Given): Resolved {
  const settings: Record<string, unknown> = {}
  const sources: Record<string, Source> = {}
  for (const [name, option] of Object.entries<Option<unknown>>(OPTIONS)) {
    const found = findValue(name, option, given)
    sources[name] = found.source
    settings[name] = found.texts.length === 0 ? option.default : readValue(option, found, given.platform)
  }
  return { settings: settings as Settings, sources: sources as Record<OptionName, Source> }
}

/** Whether somebody chose this value, rather than nobody. */
export function isGiven(resolved: Resolved, name: OptionName): boolean {
  return resolved.sources[name].from !== 'default'
}

/** A source for messages: `GITSIGN_REKOR_URL (environment)`. */
export function describeSource(source: Source): string {
  if (source.from === 'default') return 'default'
  if (source.from === 'git config') return `${source.name} (git config, ${source.scope})`
  return source.from === 'flag' ? `--${source.name}` : `${source.name} (environment)`
}

/** Keys of `gitsign.*` and `gitsigil.*` that nothing reads, each once: most are misspelt, and drop what they meant. */
export function unknownKeys(git: readonly ConfigEntry[]): readonly string[] {
  const known = new Set(
    Object.entries<Option<unknown>>(OPTIONS).flatMap(([name, option]) =>
      option.sections.map((section) => `${section}.${name.toLowerCase()}`),
    ),
  )
  // A key with a subsection belongs to an instance, not to this table.
  const plain = git.filter(({ key }) => /^gitsig(?:n|il)\.[^.]*$/.test(key) && !known.has(key))
  return [...new Set(plain.map((entry) => entry.key))]
}

function findValue(name: string, option: Option<unknown>, given: Given): Found {
  const flag = option.flag === undefined ? undefined : given.flags.get(option.flag)
  if (option.flag !== undefined && flag !== undefined)
    return { source: { from: 'flag', name: option.flag }, texts: flag }
  for (const variable of option.env) {
    const value = given.env[variable]
    if (value !== undefined && value !== '')
      return { source: { from: 'environment', name: variable }, texts: option.repeats ? linesOf(value) : [value] }
  }
  for (const section of option.sections) {
    const found = findInGit(`${section}.${name}`, given.git)
    if (found !== undefined) return found
  }
  return { source: { from: 'default' }, texts: [] }
}

// As in Git: later entries win, and an empty one takes back those before it.
function findInGit(name: string, git: readonly ConfigEntry[]): Found | undefined {
  const key = name.toLowerCase()
  const entries = git.filter((entry) => entry.key === key)
  const since = entries.findLastIndex((entry) => entry.value === '') + 1
  const last = entries.at(-1)
  if (last === undefined || since === entries.length) return undefined
  const texts = entries.slice(since).map((entry) => entry.value ?? 'true')
  return { source: { from: 'git config', name, scope: last.scope }, texts }
}

function readValue(option: Option<unknown>, found: Found, platform: string | undefined): unknown {
  const read = found.source.from === 'flag' ? option.read(found.texts) : readFixed(option, found.texts, platform)
  if ('value' in read) return read.value
  const where = describeSource(found.source)
  // A password in a URL must not reach a log.
  const quoted = JSON.stringify(
    found.texts
      .at(-1)
      ?.slice(0, 200)
      .replace(/\/\/[^/]*@/, '//***@'),
  )
  throw new Fault(found.source.from === 'flag' ? 'usage' : 'config', `${where}: ${read.why}: ${quoted}`)
}

/** Git starts us in the work tree: there a relative path would let any repository bring the trust it is judged by. */
function readFixed(option: Option<unknown>, texts: readonly string[], platform: string | undefined) {
  const isLine = (text: string) => option.form !== 'FILE' && /^(?:https?:\/\/|instance=)/.test(text)
  return option.form.endsWith('FILE') && !texts.every((text) => isLine(text) || isFixedPath(text, platform))
    ? { why: `not ${option.form === 'FILE' ? '' : 'ISSUER SUBJECT or '}a path that begins with / or ~/` }
    : option.read(texts)
}

/** Whether a path means the same file wherever the program is started. */
export function isFixedPath(path: string, platform: string | undefined): boolean {
  return platform === 'win32' ? /^(?:~?[/\\]|[A-Za-z]:[/\\])/.test(path) : /^~?\//.test(path)
}

function linesOf(value: string): readonly string[] {
  return value.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}

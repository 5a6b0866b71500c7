// The ways to take one check out of a source, found in its text. Each gives the whole source without that check.
import { globSync, readFileSync } from 'node:fs'
import { EVIDENCE } from './places/evidence.ts'
import type { Place } from './places/place.ts'
import { READ } from './places/read.ts'

export interface Disabled {
  readonly path: string
  readonly line: number
  /** The line that was changed. */
  readonly text: string
  readonly source: string
}

type Rule = readonly [pattern: RegExp, replacement: string]

const ROOMS = ['verify', 'cms', 'rekor', 'tsa', 'x509', 'asn1', 'proto', 'bundle']

/** A refusal that happens and is not heeded; a reason that is none; a condition that always holds. */
const RULES: readonly Rule[] = [
  [/\bthrow (malformed\()/, 'void $1'],
  [/\breturn ((?:refuse|refused|reject|rejected|failed)\()/, 'void $1'],
  [/(\bif \(.*\)|\belse|^\s+) ?return (['"`{].*(?:ok: false|['"`]).*)$/, '$1 void $2'],
  [/: (?:'[a-z][^']* [^']*'|"[^"]* [^"]*"|`[^`]* [^`]*`)( as const)?$/, ': undefined'],
  [/^(\s*)(: (?:refused|failed|rejected)\(.*)$/, '$1: { ok: true, times } as never'],
  [/(\bif \(.*\)) return false$/, '$1 void false'],
  [/^( {4,})return false$/, '$1return true'],
]

const PLACES: readonly Place[] = [...EVIDENCE, ...READ]

/** No checks: without them the same is decided elsewhere, later; or they only look like one. */
const SHORTCUTS: readonly (readonly [text: string, why: string])[] = [
  ['if (!equalBytes(child.issuer, issuer.subject)) return false', 'checkIssued compares the names again'],
  [
    "if (canonicalizedBody === undefined) throw malformed('log entry', 'can have no body')",
    'for the types alone: the signed attributes are at hand, so there is a body',
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of a source
  ["return tag === undefined ? 'the end' : `0x${tag.toString(16).padStart(2, '0')}`", 'a word of a message'],
  ["if (name === 'dsseEnvelope') return { kind: 'envelope', envelope: envelopeFromJson(value) }", 'one of two forms'],
  [
    "return { kind: 'message', signature, ...(digest === undefined ? {} : { stated: parseDigest(digest) }) }",
    'a result',
  ],
  ["if (name === 'publicKey') return { kind: 'key', hint: optionalText(value, 'hint') ?? '' }", 'one of two forms'],
  [
    "return { kind: 'certificate', leaf, intermediates: others.filter((one) => toHex(one.subject) !== toHex(one.issuer)) }",
    'a result',
  ],
  ["return { payloadType, payload: bytesOf(envelope, 'payload'), signature: found }", 'a result'],
]

/** Every check under `folder`, in the order of the sources. Throws where a place is no longer there: mend the list. */
export function disablings(folder: string): readonly Disabled[] {
  const paths = ROOMS.flatMap((room) => globSync(`${folder}/${room}/*.ts`)).filter(
    (path) => !/client|write|encode/.test(path),
  )
  return paths.sort().flatMap((path) => {
    const source = readFileSync(path, 'utf8')
    const places = PLACES.filter(([place]) => path === `${folder}/${place}`)
    return [...byRules(path, source), ...places.map(([, text, without]) => byPlace(path, source, text, without))]
  })
}

function byRules(path: string, source: string): readonly Disabled[] {
  const lines = source.split('\n')
  return lines.flatMap((text, i) => {
    const rule = /^\s*(\/\/|\*|\/\*|export type|type )/.test(text)
      ? undefined
      : RULES.find(([pattern]) => pattern.test(text))
    if (rule === undefined || isType(lines, i) || SHORTCUTS.some(([known]) => text.trim() === known)) return []
    const changed = text.replace(...rule)
    return [{ path, line: i + 1, text: text.trim(), source: lines.with(i, changed).join('\n') }]
  })
}

/** A union's member or an object's member that only looks like a reason. */
function isType(lines: readonly string[], i: number): boolean {
  return /^\s*(\||readonly )/.test(lines[i] ?? '') || /^\s*(const|export const) \w+( =|:)/.test(lines[i] ?? '')
}

function byPlace(path: string, source: string, text: string, without: string): Disabled {
  const at = source.indexOf(text)
  if (at < 0) throw new Error(`${path} has no longer: ${text}`)
  const changed = source.slice(0, at) + without + source.slice(at + text.length)
  return { path, line: source.slice(0, at).split('\n').length, text: text.trim(), source: changed }
}

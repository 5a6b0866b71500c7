// The ways to take one check out of a source, found in its text. Each gives the whole source without that check.
import { globSync, readFileSync } from 'node:fs'

export interface Disabled {
  readonly path: string
  readonly line: number
  /** The line that was changed. */
  readonly text: string
  readonly source: string
}

type Rule = readonly [pattern: RegExp, replacement: string]

const ROOMS = ['verify', 'cms', 'rekor', 'tsa', 'x509']

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

/** What no rule finds: tests by a value, by a search, by a loop. The text stands once in its file. */
const PLACES: readonly (readonly [path: string, text: string, without: string])[] = [
  ['cms/signed-data.ts', 'return verifyWithKey(', 'return true || verifyWithKey('],
  ['verify/evidence.ts', 'if (!further.ok) return further', ''],
  ['verify/evidence.ts', 'if (!first.ok) return first', ''],
  [
    'rekor/check.ts',
    "if (typeof log === 'string') return refused(log)\n  const { canonicalizedBody }",
    'const { canonicalizedBody }',
  ],
  ['rekor/check.ts', 'checkInclusion(leafHash(body), proof) ?? ', ''],
  ['rekor/check.ts', ' ?? checkCheckpoint(parseCheckpoint(proof.checkpoint), log, proof)', ''],
  ['rekor/check.ts', 'problems.includes(undefined) ? undefined : problems[0]', 'undefined'],
  [
    'rekor/claim.ts',
    'known.find((log) => moments.every((moment) => isWithin(log.validFor, moment))) ??',
    'known[0] ??',
  ],
  ['rekor/claim.ts', 'logs.filter((log) => equalBytes(log.id, entry.logId))', 'logs'],
  ['rekor/checkpoint.ts', 'name === log.host && equalBytes(hint, log.id.subarray(0, 4))', 'name === log.host'],
  [
    'rekor/checkpoint.ts',
    'name === log.host && equalBytes(hint, log.id.subarray(0, 4))',
    'equalBytes(hint, log.id.subarray(0, 4))',
  ],
  ['rekor/checkpoint.ts', ' && /^\\d{1,20}$/.test(origin.slice(host.length + 3))', ''],
  ['tsa/ess.ts', 'return equalBytes(', 'return true || equalBytes('],
  [
    'tsa/check.ts',
    'equalBytes(one.issuer, signer.issuer) && equalBytes(one.serial, signer.serial)',
    'equalBytes(one.serial, signer.serial)',
  ],
  [
    'tsa/check.ts',
    'equalBytes(one.issuer, signer.issuer) && equalBytes(one.serial, signer.serial)',
    'equalBytes(one.issuer, signer.issuer)',
  ],
  [
    'cms/signed-data.ts',
    'equalBytes(one.issuer, info.issuer) && equalBytes(one.serial, info.serial)',
    'equalBytes(one.serial, info.serial)',
  ],
  [
    'cms/signed-data.ts',
    'equalBytes(one.issuer, info.issuer) && equalBytes(one.serial, info.serial)',
    'equalBytes(one.issuer, info.issuer)',
  ],
  ['x509/ecdsa.ts', 'isScalar(r, order) && isScalar(s, order)', 'isScalar(s, order)'],
  ['x509/ecdsa.ts', 'isScalar(r, order) && isScalar(s, order)', 'isScalar(r, order)'],
  ['x509/ecdsa.ts', 'return x < p && y < p && (y * y - (x * x - 3n) * x - b) % p === 0n', 'return x < p && y < p'],
  ['x509/ecdsa.ts', 'return x < p && y < p && ', 'return '],
  ['x509/rsa.ts', 'return ((integer.at(-1) ?? 0) & 1) === 1', 'return true'],
  [
    'x509/sct.ts',
    "return verifyWithKey(log.key, 'sha256', signedPart",
    "return true || verifyWithKey(log.key, 'sha256', signedPart",
  ],
  ['x509/key.ts', 'return verify(hash ?? null', 'return true || verify(hash ?? null'],
  ['x509/key.ts', 'return isEd25519Signature(signature)', 'return true'],
  ['x509/key.ts', 'return isEcdsaSignature(key.algorithm, signature)', 'return true'],
  ['x509/use.ts', ' ?? checkPurpose(leaf, purpose)', ''],
  ['x509/use.ts', 'checkSignatureBit(leaf, purpose) ?? ', ''],
  ['x509/chain.ts', 'checkIssuers(issuers, time, purpose) ?? ', ''],
  ['verify/time.ts', 'proof.time <= options.now + CLOCK_SKEW', 'true'],
  ['verify/chain.ts', 'for (const time of moments) {', 'for (const time of moments.slice(0, 1)) {'],
  ['verify/verify.ts', "if (!equalBytes(createHash('sha256')", "if (false && !equalBytes(createHash('sha256')"],
  ['verify/bundle.ts', 'equalBytes(computed, stated.digest)', 'true'],
  ['verify/bundle.ts', 'verifyData(key, preAuthEncoding(content.envelope), content.envelope.signature)', 'true'],
  ['verify/bundle.ts', '? verifyData(key, artifact, content.signature)', '? true'],
  ['verify/bundle.ts', 'signatureHashes(key).includes(artifact.hash) && verifyDigest', 'verifyDigest'],
  ['verify/bundle.ts', ' && verifyDigest(key, artifact.digest, content.signature)', ''],
]

/** No checks: without them the same is decided elsewhere, later. */
const SHORTCUTS: readonly (readonly [text: string, why: string])[] = [
  ['if (!equalBytes(child.issuer, issuer.subject)) return false', 'checkIssued compares the names again'],
]

/** Every check under `folder`, in the order of the sources. Throws where a place is no longer there: mend the list. */
export function disablings(folder: string): readonly Disabled[] {
  const paths = ROOMS.flatMap((room) => globSync(`${folder}/${room}/*.ts`)).filter((path) => !path.includes('client'))
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

// Whether a mutant was rightly accepted: it must say what a good input says, and differ in nothing but what no signature
// covers and no check needs. Everything else that is accepted is a finding.
import { parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { trueVersion } from '../../src/rekor/claim.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { parseTimestampToken, type TimestampToken } from '../../src/tsa/token.ts'
import type { AcceptedBundle } from './bundle.ts'
import { FREE, type Free } from './free.ts'
import type { Input } from './inputs.ts'
import type { Accepted } from './judge.ts'
import { hexOf } from './judge.ts'

/** Facts that a SET proves, as they may differ together. */
const COVERED: readonly string[] = ['integrated time', 'log index', 'log index,integrated time', 'log,log index']

export type Explanation =
  | { readonly ok: true; readonly free: readonly Free[] }
  | { readonly ok: false; readonly why: string }

/** What good inputs say, by signature; and every input, for what may be taken from another. */
export interface Known {
  /** Names of the inputs that are rejected for their form: an edit may put that right. */
  readonly malformed: ReadonlySet<string>
  /** And of those that are rejected for their form, a time or the log: what is wrong there may be no word of the signer's. */
  readonly slips: ReadonlySet<string>
  /** And of those whose certificate was not in force at one of the proven times. */
  readonly untimely: ReadonlySet<string>
  readonly good: ReadonlyMap<string, readonly Accepted[]>
  readonly bundles: ReadonlyMap<string, readonly AcceptedBundle[]>
  /** Hexadecimal DER of every input's signature, and what a bundle has in base64. */
  readonly all: readonly string[]
}

export function explain(mutant: Accepted, known: Known): Explanation {
  const originals = (known.good.get(hexOf(mutant.signed.signature)) ?? []).filter(({ input }) =>
    isAsStrict(input, mutant.input),
  )
  if (originals.length === 0)
    return isRepaired(mutant, known) ? free('repaired') : finding('a signature of no good input')
  const explanations = originals.map((original) => compare(mutant, original, known))
  const likest = explanations.toSorted((one, other) => lengthOf(one) - lengthOf(other))[0]
  return explanations.find(({ ok }) => ok) ?? likest ?? finding('nothing to compare with')
}

/** What is good under another root must not pass for good here, nor what is good where less is asked. */
export function isAsStrict({ options }: Input, { options: asked }: Input): boolean {
  return options.trust === asked.trust && (options.ignoreSct !== true || asked.ignoreSct === true)
}

function compare(mutant: Accepted, original: Accepted, known: Known): Explanation {
  const facts = factsOf(mutant)
  const expected = factsOf(original)
  const changed = Object.keys(facts).filter((name) => facts[name] !== expected[name])
  // A SET covers these, and nobody can make one.
  const isWitnessed = COVERED.includes(changed.join()) && isIn(known, proofOf(mutant, 'log'))
  if (changed.length > 0 && !isWitnessed) return finding(`accepted with another ${changed.join(', ')}`)
  const times = new Set(original.verdict.times.map((time) => JSON.stringify(time)))
  const others = mutant.verdict.times.filter((time) => !times.has(JSON.stringify(time)))
  if (!others.every(({ source }) => isIn(known, proofOf(mutant, source)))) return finding('accepted with another time')
  return compareRest(mutant, original, known, others.length + changed.length > 0 ? ['evidence'] : [])
}

export function isIn({ all }: Known, hex: string): boolean {
  return all.some((der) => der.includes(hex))
}

/** The signature that proves a time. Nobody can make one, so it stands in an input. */
function proofOf({ signed, entry }: Accepted, source: 'log' | 'timestamp'): string {
  if (source === 'log') return hexOf(entry?.promise) || 'none'
  return signed.timestampToken === undefined
    ? 'none'
    : hexOf(parseTimestampToken(signed.timestampToken).signer.signature)
}

/** What a reader is told, and what was signed. */
function factsOf({ payload, signed, verdict }: Accepted): Readonly<Record<string, string>> {
  const { signer, entry } = verdict
  return {
    payload: hexOf(payload),
    'signed attributes': hexOf(signed.signedAttributes),
    certificate: hexOf(signer.certificate.bytes),
    issuer: hexOf(signer.issuer.bytes),
    identity: JSON.stringify(signer.identity),
    log: `${entry.log} ${hexOf(entry.logId)}`,
    'log index': String(entry.logIndex),
    kind: `${entry.kind} ${entry.version}`,
    'integrated time': String(entry.integratedTime),
  }
}

function compareRest(mutant: Accepted, original: Accepted, known: Known, evidence: readonly string[]): Explanation {
  const found = [
    ...evidence,
    ...entryDifferences(mutant.entry, original.entry, known),
    ...tokenDifferences(mutant, original, known),
  ]
  const unexplained = found.filter((name) => !Object.hasOwn(FREE, name))
  if (unexplained.length > 0) return finding(`accepted with another ${unexplained.join(', ')}`)
  const certificates = ({ signed }: Accepted) => signed.certificates.map(({ bytes }) => hexOf(bytes)).join()
  if (certificates(mutant) !== certificates(original)) found.push('certificates')
  if (JSON.stringify(mutant.signed.scheme) !== JSON.stringify(original.signed.scheme)) found.push('parameters')
  if (found.length > 0) return free(...(found as Free[]))
  if (hexOf(mutant.armored) !== hexOf(original.armored)) return free('unread')
  return free(hexOf(mutant.input.bytes) === hexOf(original.input.bytes) ? 'nothing' : 'framing')
}

export function entryDifferences(one: LogEntry | undefined, other: LogEntry | undefined, known: Known): string[] {
  if (one === undefined || other === undefined) return one === other ? [] : ['log entry']
  const isV2 = trueVersion(one) === '0.0.2'
  const found: string[] = []
  if (one.version !== other.version) found.push('version')
  if (hexOf(one.canonicalizedBody) !== hexOf(other.canonicalizedBody)) found.push('body')
  if (hexOf(one.promise) !== hexOf(other.promise)) found.push(isV2 ? 'v2 promise' : 'log signature')
  if (one.integratedTime !== other.integratedTime && isV2) found.push('v2 time')
  const proofs = [one.proof, other.proof].map(
    (proof) => proof && [proof.logIndex, proof.treeSize, hexOf(proof.rootHash)],
  )
  if (String(proofs[0]) !== String(proofs[1])) {
    const root = hexOf(one.proof?.rootHash)
    found.push(isIn(known, root) ? 'proof' : 'root')
  } else if (String(one.proof?.hashes) !== String(other.proof?.hashes)) found.push('hashes')
  else found.push(...checkpointDifferences(one.proof?.checkpoint ?? '', other.proof?.checkpoint ?? ''))
  return found
}

function checkpointDifferences(one: string, other: string): readonly string[] {
  if (one === other) return []
  const [mine, its] = [parseCheckpoint(one), parseCheckpoint(other)]
  if (mine.body !== its.body) return ['checkpoint']
  const name = its.origin.replace(/ - \d+$/, '')
  const own = (note: typeof mine) =>
    note.signatures.filter((line) => line.name === name).map(({ signature }) => signature)
  return [String(own(mine)) === String(own(its)) ? 'cosignatures' : 'log signature']
}

function tokenDifferences(mutant: Accepted, original: Accepted, known: Known): readonly string[] {
  const { signed, verdict } = mutant
  const [one, other] = [signed.timestampToken, original.signed.timestampToken]
  if (hexOf(one) === hexOf(other)) return []
  if (!verdict.times.some(({ source }) => source === 'timestamp')) return ['no timestamp']
  const [mine, its] = [one, other].map((token) => token && tokenText(parseTimestampToken(token)))
  if (mine === its) return ['token wrapping']
  const proof = proofOf(mutant, 'timestamp')
  return [isIn(known, proof) ? 'evidence' : 'token']
}

export function tokenText({ content, signer }: TimestampToken): string {
  return `${hexOf(content)} ${hexOf(signer.signedAttributes)}`
}

// The three are the bytes of one input, so that its signer made them; everything else was verified.
function isRepaired({ input, signed }: Accepted, { all, malformed }: Known): boolean {
  if (!malformed.has(input.name)) return false
  const parts = [signed.signature, signed.signedAttributes.subarray(1), signed.signer.bytes].map(hexOf)
  return all.some((der) => parts.every((part) => der.includes(part)))
}

function free(...names: readonly Free[]): Explanation {
  return { ok: true, free: names }
}

function lengthOf(explanation: Explanation): number {
  return explanation.ok ? 0 : explanation.why.length
}

function finding(why: string): Explanation {
  return { ok: false, why }
}

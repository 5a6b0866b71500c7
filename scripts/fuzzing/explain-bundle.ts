// Whether a mutated bundle was rightly accepted: it must say what a good one says, and differ in nothing but what no
// signature covers and no check needs. Everything else that is accepted is a finding.
import { checkTimestamp } from '../../src/tsa/check.ts'
import { parseTimestampToken } from '../../src/tsa/token.ts'
import type { AcceptedBundle } from './bundle.ts'
import { type Explanation, entryDifferences, isAsStrict, isIn, type Known, tokenText } from './explain.ts'
import { FREE, type Free } from './free.ts'
import { hexOf } from './judge.ts'

export function explainBundle(mutant: AcceptedBundle, known: Known): Explanation {
  const originals = known.bundles.get(signatureOf(mutant)) ?? []
  const alike = originals.filter(({ input }) => isAlike(input, mutant.input))
  const explanations = alike.map((original) => compare(mutant, original, known))
  const none: Explanation = { ok: false, why: 'a signature of no good bundle' }
  const good = explanations.find(({ ok }) => ok)
  if (good !== undefined) return good
  return isRepaired(mutant, known) ? { ok: true, free: ['repaired'] } : (explanations[0] ?? none)
}

/** Signature, signer and evidence are all of inputs, true to the byte: somebody put right what only came along. */
function isRepaired(mutant: AcceptedBundle, known: Known): boolean {
  const { input, bundle } = mutant
  // A SET that dates the entry after the certificate's life was cut off: a timestamp from that life is left.
  const isUndated = known.untimely.has(input.name) && bundle.entries.every(({ promise }) => promise === undefined)
  if (!known.slips.has(input.name) && !isUndated) return false
  const signer = bundle.signer.kind === 'certificate' ? hexOf(bundle.signer.leaf.bytes) : ''
  const isOfOne = known.all.some((hex) => hex.includes(signatureOf(mutant)) && hex.includes(signer))
  const evidence = bundle.entries.flatMap(({ promise, proof }) => [hexOf(promise), hexOf(proof?.rootHash)])
  return isOfOne && evidence.every((hex) => isIn(known, hex))
}

/** By which good ones are found again. */
export function signatureOf({ bundle: { content } }: AcceptedBundle): string {
  return hexOf(content.kind === 'message' ? content.signature : content.envelope.signature)
}

/** What is good under another root or key, or over other bytes, must not pass for good here. */
function isAlike(one: AcceptedBundle['input'], other: AcceptedBundle['input']): boolean {
  const artifact = ({ artifact: its }: typeof one) => hexOf(its instanceof Uint8Array ? its : its.digest)
  return isAsStrict(one, other) && hexOf(one.key?.spki) === hexOf(other.key?.spki) && artifact(one) === artifact(other)
}

function compare(mutant: AcceptedBundle, original: AcceptedBundle, known: Known): Explanation {
  const [facts, expected] = [factsOf(mutant), factsOf(original)]
  const changed = Object.keys(facts).filter((name) => facts[name] !== expected[name])
  const found = [...timeDifferences(mutant, original, known), ...restDifferences(mutant, original, known)]
  // These are what a SET covers, where there is one.
  const isUncovered = changed.every((name) => ['integrated time', 'log index'].includes(name))
  const isUndated = mutant.bundle.entries[0]?.promise === undefined && mutant.verdict.entry.version === '0.0.1'
  if (isUncovered && isUndated) found.push(...(changed.length > 0 ? ['no promise'] : []))
  else if (changed.length > 0 && isOtherEntry(mutant, changed, known)) found.push('evidence')
  else if (changed.length > 0) return { ok: false, why: `accepted with another ${changed.join(', ')}` }
  const unexplained = found.filter((name) => !Object.hasOwn(FREE, name))
  if (unexplained.length > 0) return { ok: false, why: `accepted with another ${unexplained.join(', ')}` }
  if (found.length > 0) return { ok: true, free: found as Free[] }
  return { ok: true, free: [hexOf(mutant.input.bytes) === hexOf(original.input.bytes) ? 'nothing' : 'members'] }
}

/** Another input's entry of this very signature: by its SET, or of v2 by its root, it is true to the byte. */
function isOtherEntry({ bundle, verdict }: AcceptedBundle, changed: readonly string[], known: Known): boolean {
  const { promise, proof } = bundle.entries[0] ?? {}
  const proven = promise ?? (verdict.entry.version === '0.0.2' ? proof?.rootHash : undefined)
  const isOfEntry = changed.every((name) => ['log', 'log index', 'kind', 'integrated time'].includes(name))
  return isOfEntry && proven !== undefined && isIn(known, hexOf(proven)) && isIn(known, hexOf(proof?.rootHash))
}

/** What a reader is told, and what was signed. */
function factsOf({ bundle: { content }, verdict }: AcceptedBundle): Readonly<Record<string, string>> {
  const { entry } = verdict
  const envelope = content.kind === 'envelope' ? content.envelope : undefined
  const signer = 'signer' in verdict ? verdict.signer : undefined
  return {
    content: `${content.kind} ${envelope?.payloadType} ${hexOf(envelope?.payload)}`,
    certificate: `${hexOf(signer?.certificate.bytes)} ${hexOf(signer?.issuer.bytes)}`,
    identity: JSON.stringify(signer?.identity),
    log: `${entry.log} ${hexOf(entry.logId)}`,
    'log index': String(entry.logIndex),
    kind: `${entry.kind} ${entry.version}`,
    'integrated time': String(entry.integratedTime),
  }
}

function timeDifferences(mutant: AcceptedBundle, original: AcceptedBundle, known: Known): readonly string[] {
  const { timestampAuthorities } = mutant.input.options.trust
  const signature = Buffer.from(signatureOf(mutant), 'hex')
  const texts = original.bundle.timestampTokens.map((token) => tokenText(parseTimestampToken(token)))
  const proven = mutant.bundle.timestampTokens.filter((one) => checkTimestamp(one, signature, timestampAuthorities).ok)
  const added = proven.map(parseTimestampToken).filter((token) => !texts.includes(tokenText(token)))
  const isMadeUp = added.some(({ signer }) => !isIn(known, hexOf(signer.signature)))
  const its = new Set(original.verdict.times.map(({ time }) => time))
  const isDated = mutant.verdict.times.every(
    ({ source, time }) => its.has(time) || (source === 'timestamp' && !isMadeUp),
  )
  const bytes = ({ bundle }: AcceptedBundle) => bundle.timestampTokens.map(hexOf).join()
  return [
    ...(isMadeUp ? ['token'] : added.length > 0 ? ['evidence'] : []),
    ...(isDated ? [] : ['time']),
    ...(bytes(mutant) === bytes(original) ? [] : [proven.length < texts.length ? 'no timestamp' : 'token wrapping']),
  ]
}

function restDifferences({ bundle: one }: AcceptedBundle, { bundle: other }: AcceptedBundle, known: Known) {
  const stated = ({ content }: typeof one) => content.kind === 'message' && hexOf(content.stated?.digest)
  const intermediates = ({ signer }: typeof one) =>
    signer.kind === 'certificate' ? signer.intermediates.map(({ bytes }) => hexOf(bytes)).join() : ''
  return [
    ...entryDifferences(one.entries[0], other.entries[0], known),
    ...(one.entries.length === other.entries.length ? [] : ['further entries']),
    ...(one.version === other.version ? [] : ['media type']),
    ...(stated(one) === stated(other) ? [] : ['stated digest']),
    ...(intermediates(one) === intermediates(other) ? [] : ['certificates']),
  ]
}

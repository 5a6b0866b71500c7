// Check 4: when it was signed, by the word of a log or timestamp authority of the trusted root. Never the committer's date
// and never the certificate's notBefore: both are the signer's choice, so a leaked, expired key would verify for ever.
import { provenLogTime } from '../rekor/check.ts'
import { checkTimestamp } from '../tsa/check.ts'
import type { KeyMaterial, SignedMaterial, VerifyOptions } from './material.ts'
import type { ProvenTime } from './verdict.ts'

/** A signature with more tokens than this is refused unread. */
const MAX_TIMESTAMPS = 32
/** How far ahead of the verifier's clock a proven time may lie, in milliseconds. */
const CLOCK_SKEW = 5 * 60 * 1000

const NOTHING_EMBEDDED = "no log entry is embedded: signed in gitsign's online mode, and its entry is not at hand"

type Proven =
  | { readonly ok: true; readonly times: readonly ProvenTime[] }
  | { readonly ok: false; readonly why: string }

/** Every time that someone in the trusted root proves; at least one, none in the future, no listed authority's token wrong. */
export function proveTimes(material: SignedMaterial | KeyMaterial, options: VerifyOptions): Proven {
  if (material.timestampTokens.length > MAX_TIMESTAMPS) return failed('too many timestamps')
  if (material.entry === undefined && material.timestampTokens.length === 0) return failed(NOTHING_EMBEDDED)
  const times: ProvenTime[] = []
  const reasons: string[] = []
  for (const token of material.timestampTokens) {
    const checked = checkTimestamp(token, material.stamped ?? material.signature, options.trust.timestampAuthorities)
    if (checked.ok) times.push({ source: 'timestamp', time: checked.time, authority: checked.authority })
    // A token of an authority nobody vouches for says nothing; one of a listed authority that fails is an attack.
    else if (checked.unknownAuthority) reasons.push(checked.why)
    else return failed(checked.why)
  }
  for (const entry of [material.entry, ...(material.furtherEntries ?? [])]) {
    const logged = provenLogTime(entry === undefined ? material : { ...material, entry }, options.trust.logs)
    if (logged.ok) times.push({ source: 'log', time: logged.time, authority: logged.authority })
    else reasons.push(logged.why)
  }
  if (times.length === 0) return failed(reasons.join('; '))
  return isPast(times, options.now) ? { ok: true, times } : failed('the proven time lies in the future')
}

/** Whether none of them lies ahead of the verifier's clock, but for a little. */
export function isPast(times: readonly ProvenTime[], now: number): boolean {
  return times.every((proof) => proof.time <= now + CLOCK_SKEW)
}

function failed(why: string): Proven {
  return { ok: false, why }
}

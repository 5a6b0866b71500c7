// Checks 4 to 7, the same for Git signatures and bundles: when it was signed, by whose certificate, and that the log has it.
import { checkLogEntry } from '../rekor/check.ts'
import type { LogEntry } from '../rekor/entry.ts'
import type { Certificate } from '../x509/certificate.ts'
import { checkScts } from '../x509/sct.ts'
import { findIssuers } from './chain.ts'
import { proveTimes } from './time.ts'
import type { Check, Verdict } from './verdict.ts'
import type { VerifyOptions } from './verify.ts'

/** A signature whose own cryptography already verified, with the evidence that came along. */
export interface SignedMaterial {
  readonly certificate: Certificate
  readonly intermediates: readonly Certificate[]
  /** The bytes whose digest the log entry holds. */
  readonly artifact: Uint8Array
  readonly signature: Uint8Array
  readonly entry?: LogEntry
  /** RFC 3161 TimeStampTokens over `signature`. */
  readonly timestampTokens: readonly Uint8Array[]
}

/** Proven time, chain, certificate transparency, log; then the signer's name, and not before. */
export function checkEvidence(material: SignedMaterial, options: VerifyOptions): Verdict {
  const { certificate } = material
  const reject = (check: Check, why: string): Verdict => ({ ok: false, rejection: { check, why, certificate } })

  const proven = proveTimes(material, options)
  if (!proven.ok) return reject('time', proven.why)
  const moments = proven.times.map((proof) => proof.time)
  const chain = findIssuers(material, options.trust, moments)
  if (!chain.ok) return reject('chain', chain.why)
  const skipped: readonly Check[] = options.ignoreSct === true ? ['sct'] : []
  const sct = skipped.includes('sct') ? undefined : checkScts(certificate, chain.issuers, options.trust.ctLogs, moments)
  if (sct !== undefined) return reject('sct', sct)
  const log = checkLogEntry(material, options.trust.logs, proven.times)
  if (!log.ok) return reject('log', log.why)
  const signer = { identity: chain.identity, certificate, issuer: chain.issuer }
  return { ok: true, signer, times: proven.times, entry: log.entry, skipped }
}

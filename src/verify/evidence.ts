// Checks 4 to 7, the same for Git signatures and bundles: when it was signed, by whose certificate, and that the log has it.
import { checkLogEntry } from '../rekor/check.ts'
import { checkScts } from '../x509/sct.ts'
import { findIssuers } from './chain.ts'
import type { SignedMaterial, VerifyOptions } from './material.ts'
import { proveTimes } from './time.ts'
import type { Check, Verdict } from './verdict.ts'

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

// Checks 4 to 7, the same for Git signatures and bundles: when it was signed, by whose certificate, and that the log has it.
import { checkLogEntry } from '../rekor/check.ts'
import { checkScts } from '../x509/sct.ts'
import { findIssuers } from './chain.ts'
import type { KeyMaterial, SignedMaterial, VerifyOptions } from './material.ts'
import { finish, type Steps } from './steps.ts'
import { proveTimes } from './time.ts'
import type { Check, KeyVerdict, ProvenTime, Verdict } from './verdict.ts'

/** Proven time, chain, certificate transparency, log; then the signer's name, and not before. */
export function checkEvidence(material: SignedMaterial, options: VerifyOptions): Verdict {
  return finish(evidenceSteps(material, options))
}

/** The same, to be run beside others. */
export function* evidenceSteps(material: SignedMaterial, options: VerifyOptions): Steps<Verdict> {
  const { certificate } = material
  const reject = (check: Check, why: string): Verdict => ({ ok: false, rejection: { check, why, certificate } })

  const proven = proveTimes(material, options)
  if (!proven.ok) return reject('time', proven.why)
  yield
  const moments = proven.times.map((proof) => proof.time)
  const chain = findIssuers(material, options.trust, moments)
  if (!chain.ok) return reject('chain', chain.why)
  yield
  const skipped: readonly Check[] = options.ignoreSct === true ? ['sct'] : []
  const sct = skipped.includes('sct') ? undefined : checkScts(certificate, chain.issuers, options.trust.ctLogs, moments)
  if (sct !== undefined) return reject('sct', sct)
  yield
  const log = checkLogEntries(material, options, proven.times)
  if (!log.ok) return reject('log', log.why)
  yield
  const signer = { identity: chain.identity, certificate, issuer: chain.issuer }
  return { ok: true, signer, times: proven.times, entry: log.entry, skipped }
}

/** Proven time and log. Whose key it is the caller knows, so neither `chain` nor `sct` is there to ask. */
export function checkKeyEvidence(material: KeyMaterial, options: VerifyOptions): KeyVerdict {
  const reject = (check: Check, why: string): KeyVerdict => ({ ok: false, rejection: { check, why } })
  const proven = proveTimes(material, options)
  if (!proven.ok) return reject('time', proven.why)
  const log = checkLogEntries(material, options, proven.times)
  if (!log.ok) return reject('log', log.why)
  return { ok: true, key: material.key, times: proven.times, entry: log.entry }
}

// A bundle may name several logs. One that fails is no slip of its signer: somebody put it there.
function checkLogEntries(
  material: SignedMaterial | KeyMaterial,
  { trust }: VerifyOptions,
  times: readonly ProvenTime[],
) {
  for (const entry of material.furtherEntries ?? []) {
    const further = checkLogEntry({ ...material, entry }, trust.logs, times)
    if (!further.ok) return further
  }
  return checkLogEntry(material, trust.logs, times)
}

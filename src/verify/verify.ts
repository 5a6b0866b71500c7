// Verification of a Git signature (formats: section 3): evidence in, verdict out. Pure and synchronous: trust, time and
// log evidence are arguments, and nothing else is looked at.
import { hash } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { parseArmor } from '../cms/armor.ts'
import { checkSignedAttributes, parseSignedData, type SignedData } from '../cms/signed-data.ts'
import { Fault } from '../errors.ts'
import { type LogEntry, parseLogEntry } from '../rekor/entry.ts'
import type { Certificate } from '../x509/certificate.ts'
import { evidenceSteps } from './evidence.ts'
import type { VerifyOptions } from './material.ts'
import { finish, type Steps } from './steps.ts'
import type { Check, Verdict } from './verdict.ts'

/**
 * Verifies a detached signature over `payload`.
 * @param payload the exact bytes that were signed
 * @param armored the SIGNED MESSAGE block and nothing else
 * @returns a verdict, whatever the bytes are; only a bug throws
 */
export function verifySignature(payload: Uint8Array, armored: Uint8Array, options: VerifyOptions): Verdict {
  return finish(verifySteps(payload, armored, options))
}

/** The same, to be run beside others. */
export function* verifySteps(payload: Uint8Array, armored: Uint8Array, options: VerifyOptions): Steps<Verdict> {
  const read = readSignature(armored)
  yield
  if ('why' in read) return rejected('format', read.why)
  const { signed, entry } = read
  // The digest is computed from the payload at hand: trusting the one in the signature lets any payload pass.
  if (!equalBytes(hash('sha256', payload, 'buffer'), signed.messageDigest))
    return rejected('digest', 'the content is not what was signed', signed.signer)
  yield
  if (!checkSignedAttributes(signed))
    return rejected('signature', 'the signature does not verify with the key of its certificate', signed.signer)
  yield
  if (entry === undefined && options.online !== undefined) return options.online(signed, { payload, armored }, options)
  return yield* evidenceSteps(
    {
      certificate: signed.signer,
      intermediates: signed.intermediates,
      artifact: signed.signedAttributes,
      signature: signed.signature,
      timestampTokens: signed.timestampToken === undefined ? [] : [signed.timestampToken],
      ...(entry === undefined ? {} : { entry }),
      ...(options.promiseSuffices === true ? { mayLackProof: true } : {}),
    },
    options,
  )
}

function readSignature(
  armored: Uint8Array,
): { readonly signed: SignedData; readonly entry: LogEntry | undefined } | { readonly why: string } {
  try {
    const signed = parseSignedData(parseArmor(armored))
    return { signed, entry: signed.logEntry === undefined ? undefined : parseLogEntry(signed.logEntry) }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return { why: thrown.message }
    throw thrown
  }
}

function rejected(check: Check, why: string, certificate?: Certificate): Verdict {
  return { ok: false, rejection: certificate === undefined ? { check, why } : { check, why, certificate } }
}

// Whether a log really holds an entry, whatever it is about: for those who look into a log and have no artifact at hand.
import { fromHex } from '../bytes.ts'
import type { LogAuthority } from '../trust/root.ts'
import { isWithin } from '../trust/window.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { parsePublicKey } from '../x509/key.ts'
import { verifyDigest } from '../x509/prehashed.ts'
import { checkCheckpoint, parseCheckpoint } from './checkpoint.ts'
import type { LogEntry } from './entry.ts'
import { checkInclusion, leafHash } from './merkle.ts'
import { checkPromise } from './promise.ts'
import { readBody } from './read-body.ts'

/**
 * Inclusion proof, checkpoint, promise where there is one, and of hashed records the signer's own signature. Who signed,
 * and whether the certificate was valid, is *not* asked. Throws `parse` for what is no entry.
 * @param log the one that the entry names
 * @returns why not, or undefined
 */
export function checkAlone(entry: LogEntry, log: LogAuthority): string | undefined {
  const { canonicalizedBody: body, proof } = entry
  if (body === undefined || proof === undefined) return 'the log entry has no body or no inclusion proof'
  return (
    checkInclusion(leafHash(body), proof) ??
    checkCheckpoint(parseCheckpoint(proof.checkpoint), log, proof) ??
    checkDate(entry, body, log) ??
    checkOwnSignature(body)
  )
}

function checkDate(entry: LogEntry, body: Uint8Array, log: LogAuthority): string | undefined {
  if (entry.promise === undefined) return entry.integratedTime === 0n ? undefined : 'its time is not signed'
  const why = checkPromise(entry, body, log)
  if (why !== undefined) return why
  return isWithin(log.validFor, Number(entry.integratedTime) * 1000) ? undefined : 'the log was not valid at that time'
}

/**
 * Whether the signature that a hashed record holds is by the key that it holds. Of other kinds nothing is checked, nor of
 * Ed25519: Rekor v1 takes its prehashed form, which no runtime here verifies. Throws `parse` for what is no entry.
 * @returns why not, or undefined
 */
export function checkOwnSignature(body: Uint8Array): string | undefined {
  const { kind, hashes, signatures, verifiers } = readBody(body)
  const [hash, signature, verifier] = [hashes[0], signatures[0], verifiers[0]]
  if (kind !== 'hashedrekord' || hash === undefined || signature === undefined || verifier === undefined)
    return undefined
  const key = verifier.kind === 'certificate' ? parseCertificate(verifier.der).key : parsePublicKey(verifier.der)
  if (key.algorithm === 'Ed25519') return undefined
  return verifyDigest(key, fromHex(hash.slice(hash.indexOf(':') + 1)), signature)
    ? undefined
    : 'the signature that it holds does not verify with the key that it holds'
}

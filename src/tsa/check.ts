// Whether a timestamp authority of the trusted root stamped this signature, and when (formats: section 3, check 4).
import { hash } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { CertificateAuthority } from '../trust/root.ts'
import { isWithin } from '../trust/window.ts'
import { verifyByAlgorithm } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import { checkChain } from '../x509/chain.ts'
import { verifyWithKey } from '../x509/key.ts'
import { isNamed } from './ess.ts'
import { parseTimestampToken, type TimestampToken } from './token.ts'

export type CheckedTimestamp =
  /** `time` in milliseconds, `authority` the URI of who proved it. */
  | { readonly ok: true; readonly time: number; readonly authority: string }
  /** A token of an authority outside the root says nothing; one of a listed authority that fails is an attack. */
  | { readonly ok: false; readonly why: string; readonly unknownAuthority: boolean }

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'

/**
 * Checks a token over a signature value. Whether the time lies in the future is *not* asked here, nor the nonce, which
 * matters only to who requested the token.
 * @param token DER of the bare TimeStampToken
 */
export function checkTimestamp(
  token: Uint8Array,
  signature: Uint8Array,
  authorities: readonly CertificateAuthority[],
): CheckedTimestamp {
  try {
    return checkToken(parseTimestampToken(token), signature, authorities)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return refused(thrown.message)
    throw thrown
  }
}

function checkToken(
  token: TimestampToken,
  signature: Uint8Array,
  authorities: readonly CertificateAuthority[],
): CheckedTimestamp {
  const listed = authorities.flatMap((authority) => {
    const signer = findSigner(token, authority.chain)
    return signer === undefined ? [] : [{ authority, signer }]
  })
  if (listed.length === 0) return refused('the timestamp is by an authority that is not in the trusted root', true)
  let why = checkImprint(token, signature)
  for (const { authority, signer } of why === undefined ? listed : []) {
    const problem = checkSigner(token, signer, authority)
    if (problem === undefined) return { ok: true, time: token.info.genTime, authority: authority.uri }
    why ??= problem
  }
  return refused(why ?? 'the timestamp does not verify')
}

/**
 * The signer's certificate, by issuer and serial number: the root's own first, so that a token need not bring it; else
 * one from the token that claims to be issued by this authority, which the chain check then has to bear out.
 */
function findSigner({ signer, certificates }: TimestampToken, chain: readonly Certificate[]): Certificate | undefined {
  const isSigner = (one: Certificate): boolean =>
    equalBytes(one.issuer, signer.issuer) && equalBytes(one.serial, signer.serial)
  const isIssued = chain.some((issuer) => equalBytes(issuer.subject, signer.issuer))
  return chain.find(isSigner) ?? (isIssued ? certificates.find(isSigner) : undefined)
}

/** What the token says must be about this signature, and must be what its signer signed. */
function checkImprint(token: TimestampToken, signature: Uint8Array): string | undefined {
  const { info, content, digestHash, messageDigest } = token
  // A true token of another signature would lend it its time.
  if (!equalBytes(hash(info.imprintHash, signature, 'buffer'), info.imprint))
    return 'the timestamp is of another signature'
  // The signature covers this digest alone: without it the TSTInfo could be written at will.
  if (!equalBytes(hash(digestHash, content, 'buffer'), messageDigest)) return "the timestamp's content was changed"
  return undefined
}

function checkSigner(token: TimestampToken, leaf: Certificate, authority: CertificateAuthority): string | undefined {
  const { info, certificates, certificateId, signer } = token
  // An authority's key that leaked after it was retired must not stamp new dates, nor dates before it began.
  if (!isWithin(authority.validFor, info.genTime)) return 'the timestamp lies outside the validity of its authority'
  // The same key under another certificate may have other limits.
  if (!isNamed(leaf, certificateId)) return 'the timestamp names another certificate as its signer'
  // Only a certificate made for time stamping, and in force at that time, may tell the time.
  const chain = checkChain(leaf, certificates, authority.chain, info.genTime, 'timeStamping')
  if (!chain.ok) return `timestamp authority: ${chain.why}`
  return isSignedBy(token, leaf, signer.signatureAlgorithm.oid)
    ? undefined
    : "the timestamp's signature does not verify"
}

/** rsaEncryption names no hash: it is then that of the digest (RFC 5652 5.4, RFC 8017). */
function isSignedBy({ signer, digestHash }: TimestampToken, leaf: Certificate, oid: string): boolean {
  const { signedAttributes, signature } = signer
  if (oid !== RSA_ENCRYPTION) return verifyByAlgorithm(oid, leaf.key, signedAttributes, signature)
  return leaf.key.algorithm === 'RSA' && verifyWithKey(leaf.key, digestHash, signedAttributes, signature)
}

function refused(why: string, unknownAuthority = false): CheckedTimestamp {
  return { ok: false, why, unknownAuthority }
}

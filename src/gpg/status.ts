// Status lines for Git (gpg-interface.c parse_gpg_output). Git believes what it reads here whatever the exit status is,
// so a run prints exactly one verdict, after every check, and each line has text after its first field: without it Git's
// parser runs on into the next line and loses it.

import { escapeField } from '../tell.ts'
import type { AcceptedVerdict, Rejection } from '../verify/verdict.ts'
import type { Certificate } from '../x509/certificate.ts'
import { certificateId, fingerprint } from '../x509/fingerprint.ts'

/** Git's words for how far a signer is trusted, as far as they are used here. */
export type TrustWord = 'NEVER' | 'UNDEFINED' | 'MARGINAL' | 'FULLY'

const NO_CERTIFICATE = '0'.repeat(40)
/** ECDSA, SHA-256, a binary document (RFC 4880 9.1, 9.4, 5.2.1). */
const ALGORITHMS = ['19', '8', '00'] as const

/** One line for Git. Fields may quote a certificate nobody has vouched for, so each is escaped. */
export function statusLine(keyword: string, ...fields: readonly string[]): string {
  return `${['[GNUPG:]', keyword, ...fields.map(escapeField)].join(' ')}\n`
}

/** A good signature, and how far its signer is trusted. */
export function acceptedStatus(verdict: AcceptedVerdict, trust: TrustWord): string {
  const { certificate, identity, issuer } = verdict.signer
  const seconds = Math.floor((verdict.times[0]?.time ?? 0) / 1000)
  const date = new Date(seconds * 1000).toISOString().slice(0, 10)
  return [
    statusLine('NEWSIG'),
    statusLine('GOODSIG', certificateId(certificate), identity.subject),
    statusLine(
      'VALIDSIG',
      ...[fingerprint(certificate), date, String(seconds), '0', '3', '0', ...ALGORITHMS, fingerprint(issuer)],
    ),
    statusLine(`TRUST_${trust}`, '0', 'shell'),
  ].join('')
}

/** A signature that is wrong (BADSIG), or about which nothing can be established (ERRSIG). No name from either. */
export function rejectedStatus(rejection: Rejection): string {
  const isWrong = rejection.check === 'digest' || rejection.check === 'signature'
  return isWrong ? badStatus(rejection.certificate) : errorStatus(rejection.certificate)
}

/** For everything that ends without a verdict: faults, usage errors, bugs. */
export function errorStatus(certificate?: Certificate): string {
  return [
    statusLine('NEWSIG'),
    statusLine('ERRSIG', keyIdOf(certificate), ...ALGORITHMS, '0', '9'),
    statusLine('TRUST_NEVER', '0', 'shell'),
  ].join('')
}

/** The first line while signing; older Git does not want SIG_CREATED to be it. */
export function beginSigningStatus(): string {
  return statusLine('BEGIN_SIGNING', 'H8')
}

export function signatureCreatedStatus(certificate: Certificate, time: number): string {
  return statusLine('SIG_CREATED', 'D', ...ALGORITHMS, String(Math.floor(time / 1000)), fingerprint(certificate))
}

function badStatus(certificate: Certificate | undefined): string {
  return [
    statusLine('NEWSIG'),
    statusLine('BADSIG', keyIdOf(certificate), 'unverified'),
    statusLine('TRUST_NEVER', '0', 'shell'),
  ].join('')
}

function keyIdOf(certificate: Certificate | undefined): string {
  return certificate === undefined ? NO_CERTIFICATE : certificateId(certificate)
}

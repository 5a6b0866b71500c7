// Fulcio (formats, section 6): checks the token and the proof of possession, writes a precertificate, has it logged, and
// answers with the certificate that embeds the log's timestamp. v2 answers JSON, v1 PEM with status 201.

import type { PublicKey } from '../x509/key.ts'
import { type Authority, toPem } from './authority.ts'
import {
  authorityKeyId,
  type CertificateContent,
  encodeCertificate,
  extendedKeyUsage,
  keyUsage,
  NO_NAME,
  newSerial,
  OID,
  publicKeyOf,
  subjectKeyId,
} from './certificate.ts'
import type { FaultBoard } from './fault.ts'
import { parseSigningRequest, parseSigningRequestV1, type SigningRequest } from './fulcio-request.ts'
import { checkProof, parseRequest, parseRequestedKey } from './possession.ts'
import { challengeClaim, type Principal, principalOf, type TrustedIssuer } from './principal.ts'
import { POISON, sctExtension, submitPreChain } from './sct.ts'
import { json, readJson, routed, type Service, text } from './service.ts'
import type { VerifiedToken } from './token.ts'

export interface FulcioDeps {
  readonly authority: Authority
  readonly ct: Service
  readonly issuers: readonly TrustedIssuer[]
  readonly verifyToken: (token: string) => Promise<VerifiedToken>
  readonly faults: FaultBoard
  now(): number
}

/** A leaf's life, in milliseconds. */
export const LEAF_LIFE = 600_000

export function createFulcio(deps: FulcioDeps): Service {
  return routed('fulcio', {
    'POST /api/v2/signingCert': async (request) => {
      const certificates = await certify(parseSigningRequest(await readJson(request), request.headers), deps)
      return json(200, { signedCertificateEmbeddedSct: { chain: { certificates } } })
    },
    'POST /api/v1/signingCert': async (request) => {
      const certificates = await certify(parseSigningRequestV1(await readJson(request), request.headers), deps)
      return text(201, certificates.join(''), 'application/pem-certificate-chain')
    },
    'GET /api/v2/trustBundle': () => json(200, { chains: [{ certificates: deps.authority.chain.map(toPem) }] }),
    'GET /api/v1/rootCert': () =>
      text(200, deps.authority.chain.map(toPem).join(''), 'application/pem-certificate-chain'),
    'GET /api/v2/configuration': () => json(200, { issuers: deps.issuers.map(issuerEntry) }),
    'GET /healthz': () => json(200, { status: 'SERVING' }),
  })
}

function issuerEntry({ url, type, subjectDomain }: TrustedIssuer): unknown {
  return {
    issuerUrl: url,
    audience: 'sigstore',
    challengeClaim: challengeClaim(type),
    spiffeTrustDomain: '',
    issuerType: type in { email: 1, uri: 1, username: 1 } ? type : 'ci-provider',
    subjectDomain: subjectDomain ?? '',
  }
}

/** PEM certificates, leaf first. */
async function certify(request: SigningRequest, deps: FulcioDeps): Promise<readonly string[]> {
  const { issuer, claims } = await deps.verifyToken(request.token)
  const principal = principalOf(issuer, claims)
  const key = keyOf(request, principal)
  const leaf = await issue(key, principal, deps)
  return [leaf, ...deps.authority.chain].map(toPem)
}

function keyOf(request: SigningRequest, principal: Principal): PublicKey {
  if (request.certificateRequest !== undefined) return parseRequest(request.certificateRequest)
  const key = parseRequestedKey(request.publicKey)
  checkProof(key, principal.challenge, request.proof)
  return key
}

async function issue(key: PublicKey, principal: Principal, deps: FulcioDeps): Promise<Uint8Array> {
  const { authority, ct, faults } = deps
  const content = leafContent(key, principal, deps)
  const precertificate = encodeCertificate({ ...content, extensions: [...content.extensions, POISON] }, authority.key)
  const sct = await submitPreChain(ct, [precertificate, ...authority.chain])
  const given = faults.take('fulcio', 'wrong-proof') ? spoilt(sct) : sct
  return encodeCertificate({ ...content, extensions: [...content.extensions, sctExtension(given)] }, authority.key)
}

function leafContent(key: PublicKey, principal: Principal, deps: FulcioDeps): CertificateContent {
  const { authority } = deps
  const now = deps.now() - (deps.faults.take('fulcio', 'expired-certificate') ? 2 * LEAF_LIFE : 0)
  return {
    serial: newSerial(),
    issuer: authority.name,
    subject: NO_NAME,
    notBefore: now,
    notAfter: now + LEAF_LIFE,
    key: key.spki,
    extensions: [
      keyUsage('digitalSignature'),
      extendedKeyUsage(OID.codeSigning, false),
      subjectKeyId(key.spki),
      authorityKeyId(publicKeyOf(authority.key)),
      ...principal.extensions,
    ],
  }
}

// The last byte of an ECDSA signature belongs to s: another value is well formed and wrong.
function spoilt(sct: Uint8Array): Uint8Array {
  return sct.map((byte, index) => (index === sct.length - 1 ? byte ^ 1 : byte))
}

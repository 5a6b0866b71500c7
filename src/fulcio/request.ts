// Messages of Fulcio's API v2: the request for a certificate and its answer. Nothing is verified here.
import { encodeUtf8, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { listOf, objectOf, optionalObject, parseDocument } from '../trust/json.ts'
import { encodePem, parsePem } from '../x509/pem.ts'

export interface CertificateRequest {
  /** The OIDC token, in the clear: what is made of it is a secret too. */
  readonly token: string
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  /** Signature over the challenge by that key. */
  readonly proof: Uint8Array
}

/** The JSON of `POST /api/v2/signingCert`. */
export function encodeCertificateRequest({ token, spki, proof }: CertificateRequest): string {
  return JSON.stringify({
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: encodePem('PUBLIC KEY', spki) },
      proofOfPossession: toBase64(proof),
    },
  })
}

/** What the key signs to prove that the asker holds it: the token's own name for its holder. */
export function encodeChallenge(name: string): Uint8Array {
  return encodeUtf8(name)
}

const WHAT = "Fulcio's answer"
/** Real chains have two to four certificates. */
const MAX_CHAIN = 8

/** The chain as DER, leaf first, from either form of the answer. Throws `parse`. */
export function parseCertificateResponse(body: Uint8Array): readonly Uint8Array[] {
  const answer = parseDocument(body, WHAT)
  const embedded = optionalObject(answer, 'signedCertificateEmbeddedSct')
  const holder = embedded ?? objectOf(answer, 'signedCertificateDetachedSct')
  const texts = listOf(objectOf(holder, 'chain'), 'certificates')
  const chain = texts.flatMap((text) => {
    if (typeof text !== 'string') throw malformed(WHAT, 'a certificate is not text')
    return parsePem(text, 'CERTIFICATE')
  })
  if (chain.length === 0 || chain.length > MAX_CHAIN) throw malformed(WHAT, `has ${chain.length} certificates`)
  return chain
}

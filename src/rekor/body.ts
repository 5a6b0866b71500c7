// The canonical bytes of a hashedrekord entry, v1 (0.0.1) and v2 (0.0.2): RFC 8785 JSON, rebuilt from the signature at
// hand, because an entry is worth something only if it is about this digest, this signature and this certificate.
import { encodeUtf8, toBase64, toHex } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { Hash, PublicKey } from '../x509/key.ts'
import { encodePem } from '../x509/pem.ts'

export type BodyVersion = '0.0.1' | '0.0.2'

export interface HashedRekord {
  readonly version: BodyVersion
  /** Of the artifact, by a hash that `bodyHashes` names. */
  readonly digest: Uint8Array
  readonly signature: Uint8Array
  /** The leaf's DER; absent where a managed key signed. */
  readonly certificate?: Uint8Array
  /** The leaf's key, or the managed one. */
  readonly key: PublicKey
}

const HASHES: Readonly<Record<number, { readonly v1: Hash; readonly v2: string }>> = {
  32: { v1: 'sha256', v2: 'SHA2_256' },
  48: { v1: 'sha384', v2: 'SHA2_384' },
  64: { v1: 'sha512', v2: 'SHA2_512' },
}

/** keyDetails of every key that Rekor v2 takes in a hashedrekord. */
const KEY_DETAILS: Readonly<Record<string, string>> = {
  'P-256': 'PKIX_ECDSA_P256_SHA_256',
  'P-384': 'PKIX_ECDSA_P384_SHA_384',
  'P-521': 'PKIX_ECDSA_P521_SHA_512',
  'RSA 2048': 'PKIX_RSA_PKCS1V15_2048_SHA256',
  'RSA 3072': 'PKIX_RSA_PKCS1V15_3072_SHA256',
  'RSA 4096': 'PKIX_RSA_PKCS1V15_4096_SHA256',
}

/** The hash that goes with a key: a v2 entry must use it. */
export function keyHash(key: PublicKey): Hash {
  return key.algorithm === 'P-384' ? 'sha384' : key.algorithm === 'P-521' ? 'sha512' : 'sha256'
}

/** The hashes by which an entry of this version may name the artifact, likeliest first. */
export function bodyHashes(version: BodyVersion, key: PublicKey): readonly Hash[] {
  const own = keyHash(key)
  return version === '0.0.2' || own === 'sha256' ? [own] : ['sha256', own]
}

/** Throws `parse` for a digest of no known length and, in v2, for a key that Rekor v2 does not take. */
export function hashedRekordBody(record: HashedRekord): Uint8Array {
  const hash = HASHES[record.digest.length]
  if (hash === undefined) throw malformed('hashedrekord', 'no hash has digests of this length')
  return encodeUtf8(record.version === '0.0.1' ? bodyV1(record, hash.v1) : bodyV2(record, hash.v2))
}

/** `PKIX_...`, as protobuf's PublicKeyDetails names the key. Throws `parse` for a key that Rekor v2 does not take. */
export function keyDetails(key: PublicKey): string {
  const details = KEY_DETAILS[key.algorithm === 'RSA' ? `RSA ${key.bits}` : key.algorithm]
  if (details === undefined) throw malformed('hashedrekord', `Rekor v2 takes no ${key.algorithm} ${key.bits} key`)
  return details
}

/** Who signed, as entries name them: a certificate, or a bare key. */
export type Verifier = Pick<HashedRekord, 'certificate' | 'key'>

/** As v1 has it: the PEM of the certificate, or of the key. */
export function verifierPem({ certificate, key }: Verifier): string {
  return certificate === undefined ? encodePem('PUBLIC KEY', key.spki) : encodePem('CERTIFICATE', certificate)
}

/** As v2 has it, canonical JSON. Throws `parse` for a key that Rekor v2 does not take. */
export function verifierV2({ certificate, key }: Verifier): string {
  const [name, bytes] = certificate === undefined ? ['publicKey', key.spki] : ['x509Certificate', certificate]
  return `{"keyDetails":"${keyDetails(key)}","${name}":{"rawBytes":"${toBase64(bytes)}"}}`
}

// Every value is base64, hexadecimal or from the tables above, so nothing needs JSON escapes.
function bodyV1({ digest, signature, ...verifier }: HashedRekord, algorithm: Hash): string {
  const pem = toBase64(encodeUtf8(verifierPem(verifier)))
  return (
    `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"${algorithm}",` +
    `"value":"${toHex(digest)}"}},"signature":{"content":"${toBase64(signature)}",` +
    `"publicKey":{"content":"${pem}"}}}}`
  )
}

/**
 * The canonical bytes of a rekord entry (0.0.1): the kind that held the artifact itself when it was sent, which some
 * clients used for what others log as hashedrekord.
 */
export function rekordBody({ digest, signature, ...verifier }: Omit<HashedRekord, 'version'>): Uint8Array {
  const pem = toBase64(encodeUtf8(verifierPem(verifier)))
  return encodeUtf8(
    `{"apiVersion":"0.0.1","kind":"rekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"${toHex(digest)}"}},` +
      `"signature":{"content":"${toBase64(signature)}","format":"x509","publicKey":{"content":"${pem}"}}}}`,
  )
}

function bodyV2({ digest, signature, ...verifier }: HashedRekord, algorithm: string): string {
  return (
    `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"${algorithm}",` +
    `"digest":"${toBase64(digest)}"},"signature":{"content":"${toBase64(signature)}",` +
    `"verifier":${verifierV2(verifier)}}}}}`
  )
}

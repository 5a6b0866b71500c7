// The signing flow over ports (formats: sections 1 and 2): token, certificate, signature, log entry and timestamp.
// Nothing here judges the result: whoever prints it verifies it first, under the instance's trusted root.
import { hash } from 'node:crypto'
import { encodeArmor } from '../cms/armor.ts'
import { encodeSignedAttributes, encodeSignedData } from '../cms/encode.ts'
import type { SignedBytes } from '../git/logged-id.ts'
import type { IdentityToken } from '../oidc/token.ts'
import { encodeLogEntry, type LogEntry } from '../rekor/entry.ts'
import type { Envelope } from '../rekor/envelope.ts'
import type { Certificate } from '../x509/certificate.ts'
import { newSigningKey, type SigningKey } from './key.ts'

/** The certificate that a CA issued for a key, and what links it to its root. */
export interface Chain {
  readonly leaf: Certificate
  readonly intermediates: readonly Certificate[]
}

/** What a log is asked to hold. */
export interface WitnessRequest {
  /** SHA-256 of the artifact: in a Git signature the DER of the SET of signed attributes. */
  readonly digest: Uint8Array
  readonly signature: Uint8Array
  readonly leaf: Certificate
  /** Where the artifact is the encoding of an envelope: Rekor v1 has a kind of its own for it, v2 takes the digest. */
  readonly envelope?: Envelope
}

/** What signing needs from the world. Each port is one method. */
export interface Ports {
  readonly identity: { token(): Promise<IdentityToken> }
  readonly ca: { certify(token: IdentityToken, key: SigningKey): Promise<Chain> }
  readonly log: { witness(request: WitnessRequest): Promise<LogEntry> }
  /** A timestamp over the signature's bytes, as the DER of an RFC 3161 token. Always with Rekor v2, which proves no time. */
  readonly timestamp?: { stamp(signature: Uint8Array): Promise<Uint8Array> }
  readonly clock: { now(): number }
}

export interface SignedPayload {
  /** The bytes that Git stores. */
  readonly armored: Uint8Array
  readonly leaf: Certificate
  readonly entry: LogEntry
  /** In online mode, where the entry is not in `armored`: what Git will make of it, by whose id it was logged. */
  readonly object?: SignedBytes
}

/** What a key has said about a payload, before anybody has witnessed it. */
export interface SignedAttributes {
  readonly leaf: Certificate
  /** DER of the SET: the bytes that are signed, and the artifact of the log entry. */
  readonly signedAttributes: Uint8Array
  /** ECDSA with SHA-256, DER. */
  readonly signature: Uint8Array
}

/** Signs once, with a key that nobody keeps. Throws what the ports throw; nothing is half made. */
export async function signPayload(payload: Uint8Array, ports: Ports): Promise<SignedPayload> {
  const key = newSigningKey()
  const { leaf } = await ports.ca.certify(await ports.identity.token(), key)
  return await witnessSigned(signAttributes(payload, leaf, key, ports.clock.now()), ports)
}

/** @param now milliseconds since 1970 */
export function signAttributes(
  payload: Uint8Array,
  leaf: Certificate,
  key: Pick<SigningKey, 'sign'>,
  now: number,
): SignedAttributes {
  const signedAttributes = encodeSignedAttributes({ payloadDigest: sha256(payload), signingTime: now })
  return { leaf, signedAttributes, signature: key.sign(signedAttributes) }
}

/** Puts log entry and timestamp to what a key has signed: what Git stores. */
export async function witnessSigned(
  { leaf, signedAttributes, signature }: SignedAttributes,
  ports: Pick<Ports, 'log' | 'timestamp'>,
): Promise<SignedPayload> {
  // Both are about the signature alone, so neither waits for the other.
  const [entry, timestampToken] = await Promise.all([
    ports.log.witness({ digest: sha256(signedAttributes), signature, leaf }),
    ports.timestamp?.stamp(signature),
  ])
  const logEntry = encodeLogEntry(entry, { withBody: false })
  const evidence = timestampToken === undefined ? { logEntry } : { logEntry, timestampToken }
  return { armored: encodeArmor(encodeSignedData({ leaf, signedAttributes, signature, ...evidence })), leaf, entry }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

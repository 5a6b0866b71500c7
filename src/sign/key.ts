// The key of one signature: ECDSA P-256, made in memory and gone with it.
import { generateKeyPairSync, sign } from 'node:crypto'

/** A private key that can be used and not read: it lives in a closure that no printer or serialiser reaches. */
export interface SigningKey {
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  /** ECDSA with SHA-256 over `data`, in DER. */
  sign(data: Uint8Array): Uint8Array
}

export function newSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    sign: (data) => sign('sha256', data, privateKey),
  }
}

/** A key that signs here or in another process: all that a CA's client needs. */
export interface ProvingKey {
  readonly spki: Uint8Array
  sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>
}

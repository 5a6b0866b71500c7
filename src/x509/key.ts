// placeholder for the formats helper
import type { KeyObject } from 'node:crypto'

export type KeyAlgorithm = 'P-256' | 'P-384' | 'P-521' | 'RSA' | 'Ed25519'
export type Hash = 'sha256' | 'sha384' | 'sha512'

/** A public key that passed the strict reader. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm
  /** RSA modulus length, or the curve's size. */
  readonly bits: number
  readonly spki: Uint8Array
  readonly handle: KeyObject
}

// Small changes of drafts that several vectors make.
import { fromHex } from '../../src/bytes.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import type { Change } from '../forge/certificate.ts'
import type { CmsDraft, SignerDraft } from '../forge/cms.ts'

/** An element given in hexadecimal. */
export function raw(hex: string): Uint8Array {
  return fromHex(hex.replaceAll(' ', ''))
}

/** A change of the one signer. */
export function inSigner(change: Change<SignerDraft>): Change<CmsDraft> {
  return (cms) => ({ ...cms, signers: cms.signers.map(change) })
}

/** More unsigned attributes. */
export function withUnsigned(...more: readonly Uint8Array[]): Change<CmsDraft> {
  return inSigner((signer) => ({ ...signer, unsigned: [...(signer.unsigned ?? []), ...more] }))
}

/** One bit of the octet at `index` (from the end where negative) turned. */
export function flipped(bytes: Uint8Array, index: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const at = index < 0 ? copy.length + index : index
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** The octet that says how many bits of the certificate's signature are unused, set to one. */
export function withUnusedBit(certificate: Uint8Array): Uint8Array {
  return flipped(certificate, -parseCertificate(certificate).signature.length - 1)
}

/** Of a list, all but the member at `index`. */
export function without<Item>(list: readonly Item[], index: number): readonly Item[] {
  return list.filter((_, i) => i !== index)
}

/** Of a list, another member at `index`. */
export function at<Item>(list: readonly Item[], index: number, item: Item): readonly Item[] {
  return list.map((one, i) => (i === index ? item : one))
}

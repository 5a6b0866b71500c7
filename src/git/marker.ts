// The lines by which Git knows a signature and its kind (gpg-interface.c get_format_by_sig, parse_signed_buffer).
import { Buffer } from 'node:buffer'

export type SignatureFormat = 'x509' | 'openpgp' | 'ssh'

const BEGIN = '-----BEGIN '
const MARKERS: readonly (readonly [marker: string, format: SignatureFormat])[] = [
  ['-----BEGIN SIGNED MESSAGE-----', 'x509'],
  ['-----BEGIN PGP SIGNATURE-----', 'openpgp'],
  ['-----BEGIN PGP MESSAGE-----', 'openpgp'],
  ['-----BEGIN SSH SIGNATURE-----', 'ssh'],
]
const LONGEST = 30

/** The kind of what begins at `at`; as in Git, the line may go on behind the marker. */
export function signatureFormat(bytes: Uint8Array, at = 0): SignatureFormat | undefined {
  const line = asBuffer(bytes).toString('latin1', at, at + LONGEST)
  return MARKERS.find(([marker]) => line.startsWith(marker))?.[1]
}

/** Offset of the last line that starts with a marker; an earlier one is part of what was signed. */
export function signatureStart(bytes: Uint8Array): number | undefined {
  const buffer = asBuffer(bytes)
  let at = buffer.lastIndexOf(BEGIN)
  while (at !== -1) {
    if ((at === 0 || buffer[at - 1] === 0x0a) && signatureFormat(bytes, at) !== undefined) return at
    // lastIndexOf counts a negative offset from the end.
    at = at === 0 ? -1 : buffer.lastIndexOf(BEGIN, at - 1)
  }
  return undefined
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

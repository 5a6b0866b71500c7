// The text form of a signature in Git: one SIGNED MESSAGE block (RFC 7468 shape, 64 columns, LF) and nothing else.
import { Buffer } from 'node:buffer'
import { decodeLatin1 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { encodePem } from '../x509/pem.ts'

const LABEL = 'SIGNED MESSAGE'
const BEGIN = `-----BEGIN ${LABEL}-----\n`
const END = `-----END ${LABEL}-----`
/** Real blocks have 3 to 8 KiB. */
const MAX_ARMOR = 1 << 19

/**
 * The DER inside. Throws `parse` unless `text` is the one block that `encodeArmor` writes, whose last newline may be
 * missing: two signature headers of a commit arrive as two blocks, of which another tool verifies the other, and Git
 * strips CR itself before it stores a signature.
 */
export function parseArmor(text: Uint8Array): Uint8Array {
  if (text.length > MAX_ARMOR) throw malformed('armor', 'too large')
  const found = decodeLatin1(text)
  const end = found.endsWith('\n') ? found.length - 1 : found.length
  if (!found.startsWith(BEGIN) || !found.startsWith(END, end - END.length))
    throw malformed('armor', `not one ${LABEL} block`)
  const der = Buffer.from(found.slice(BEGIN.length, end - END.length), 'base64')
  // The decoder skips what is not base64, so the text must be the one that these bytes give.
  if (der.length === 0 || encodePem(LABEL, der) !== `${found.slice(0, end)}\n`)
    throw malformed('armor', 'not base64 in lines of 64')
  return der
}

export function encodeArmor(der: Uint8Array): Uint8Array {
  return Buffer.from(encodePem(LABEL, der), 'latin1')
}

// The text form of a signature in Git: one SIGNED MESSAGE block (RFC 7468 shape, 64 columns, LF) and nothing else.
import { Buffer } from 'node:buffer'
import { decodeLatin1 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { encodePem } from '../x509/pem.ts'

const LABEL = 'SIGNED MESSAGE'
const COLUMNS = 64
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
  const lines = found.slice(BEGIN.length, end - END.length)
  const body = lines.replaceAll('\n', '')
  const der = Buffer.from(body, 'base64')
  // The decoder skips what is not base64, so the text must be the one that these bytes give.
  if (!isInLines(lines, body.length) || der.toString('base64') !== body)
    throw malformed('armor', 'not base64 in lines of 64')
  return der
}

/** Whether line feeds stand behind every 64 of `count` characters and behind the last, and nowhere else. */
function isInLines(lines: string, count: number): boolean {
  if (lines.length !== count + Math.ceil(count / COLUMNS) || !lines.endsWith('\n')) return false
  for (let at = COLUMNS; at < lines.length; at += COLUMNS + 1) if (lines.charCodeAt(at) !== 0x0a) return false
  return true
}

export function encodeArmor(der: Uint8Array): Uint8Array {
  return Buffer.from(encodePem(LABEL, der), 'latin1')
}

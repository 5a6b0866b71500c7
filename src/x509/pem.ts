// PEM (RFC 7468): one text form of DER. Reads the strict form, skips explanatory text between blocks as section 2 allows.
import { fromBase64, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'

const COLUMNS = 64
const MAX_PEM = 1 << 22

/** One block in 64 columns, with a last newline. */
export function encodePem(label: string, der: Uint8Array): string {
  const text = toBase64(der)
  let body = ''
  for (let at = 0; at < text.length; at += COLUMNS) body += `${text.slice(at, at + COLUMNS)}\n`
  return `-----BEGIN ${label}-----\n${body}-----END ${label}-----\n`
}

/**
 * The contents of every block in `text`, in order; there is at least one. Throws `parse` for a block of another label
 * (a private key must not pass as a certificate that was left out), a broken boundary, or base64 that is not canonical.
 */
export function parsePem(text: string, label: string): readonly [Uint8Array, ...Uint8Array[]] {
  if (text.length > MAX_PEM) throw malformed('PEM', 'too large')
  const blocks: Uint8Array[] = []
  let body: string[] | undefined
  for (const line of text.split(/\r?\n/).map((line) => line.trimEnd())) {
    if (line === `-----BEGIN ${label}-----` && body === undefined) body = []
    else if (line === `-----END ${label}-----` && body !== undefined) {
      blocks.push(decodeBody(body, label))
      body = undefined
    } else if (line.includes('-----')) throw malformed('PEM', `unexpected boundary where ${label} was expected`)
    else body?.push(line)
  }
  if (body !== undefined) throw malformed('PEM', `${label} has no end`)
  const [first, ...more] = blocks
  if (first === undefined) throw malformed('PEM', `holds no ${label}`)
  return [first, ...more]
}

function decodeBody(lines: readonly string[], label: string): Uint8Array {
  const der = fromBase64(lines.join(''), `PEM ${label}`)
  if (der.length === 0) throw malformed('PEM', `${label} is empty`)
  return der
}

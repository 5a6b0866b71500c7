// Byte strings and their text forms. Decoders are strict: what does not round-trip is refused.
import { Buffer } from 'node:buffer'
import { malformed } from './errors.ts'

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** Byte equality. Not constant-time: nothing secret is compared with it. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}

/** Lexicographic order of byte strings, as DER SET OF and sorted files use it. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

export function encodeUtf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

/** Throws `parse` on anything that is not well-formed UTF-8; a byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array, what = 'text'): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw malformed(what, 'not UTF-8')
  }
}

/** One character a byte; for headers and markers that are compared, never for text that is shown. */
export function decodeLatin1(bytes: Uint8Array): string {
  return view(bytes).toString('latin1')
}

export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex')
}

/** Lower or upper case, even length, nothing else. */
export function fromHex(text: string, what = 'hex'): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw malformed(what, 'not hexadecimal')
  return Buffer.from(text, 'hex')
}

export function toBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64')
}

/** Canonical padded base64 (RFC 4648 section 4) alone: no line breaks, no URL alphabet, no spare bits. */
export function fromBase64(text: string, what = 'base64'): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw malformed(what, 'not canonical base64')
  return bytes
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

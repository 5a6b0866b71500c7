// What an entry of any kind may hold of certificates: its text, all that is base64 in it, and in that again. For kinds whose
// fields nobody here knows, and for bodies that cannot be read.
import { Buffer } from 'node:buffer'
import { decodeLatin1, toHex } from '../bytes.ts'

/** Base64 of PEM of a document that itself is in an envelope: real entries need three. */
const MAX_DEPTH = 5
/** By either alphabet. Shorter runs are words: a certificate has hundreds of bytes. */
const BASE64 = /[A-Za-z0-9+/_-]{48,}={0,2}/g
/** More than any entry has, and few enough to be read one by one. */
const MAX_RUNS = 256

/** In the bytes of every certificate: version 3, and the tag of its serial number. */
const VERSION_3 = Buffer.of(0xa0, 0x03, 0x02, 0x01, 0x02, 0x02)
/** The arc of the extensions that name an identity, in DER. */
const FULCIO = Buffer.of(0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01)
/** What stands before a certificate in text: PEM, and Rekor v2's name of it. */
const NAMES = /-----BEGIN [A-Z0-9 ]*(?:CERTIFICATE|PKCS7|CMS)|x509Certificate/

/** The body, with what is base64 in it decoded, and with what is base64 in that. */
export function layersOf(body: Uint8Array): readonly Uint8Array[] {
  const layers: Uint8Array[] = [body]
  let last: readonly Uint8Array[] = layers
  for (let depth = 0; depth < MAX_DEPTH && last.length > 0; depth++) {
    last = last.flatMap(base64In)
    for (const layer of last) layers.push(layer)
  }
  return layers
}

/** Every run of bytes that begins as a certificate does and is as long as it says, each once; undefined for too many. */
export function certificatesIn(layers: readonly Uint8Array[]): readonly Uint8Array[] | undefined {
  const found = new Map<string, Uint8Array>()
  for (const layer of layers)
    for (const der of runsIn(Buffer.from(layer.buffer, layer.byteOffset, layer.byteLength))) {
      found.set(toHex(der), der)
      if (found.size > MAX_RUNS) return undefined
    }
  return [...found.values()]
}

/** Whether a certificate may be in it, as far as text and object identifiers tell. */
export function mayHoldCertificate(layers: readonly Uint8Array[]): boolean {
  return layers.some((layer) => Buffer.from(layer).includes(FULCIO) || NAMES.test(decodeLatin1(layer)))
}

function* runsIn(bytes: Buffer): Generator<Uint8Array, undefined> {
  for (let at = bytes.indexOf(VERSION_3); at >= 0; at = bytes.indexOf(VERSION_3, at + 1)) {
    const inner = sequenceBefore(bytes, at)
    const outer = inner === undefined ? undefined : sequenceBefore(bytes, inner)
    if (outer === undefined) continue
    const [header, length] = lengthAt(bytes, outer)
    if (outer + header + length <= bytes.length) yield bytes.subarray(outer, outer + header + length)
  }
  return undefined
}

/** Where the sequence begins whose first member stands here. */
function sequenceBefore(bytes: Buffer, at: number): number | undefined {
  return [4, 3, 2].map((header) => at - header).find((start) => start >= 0 && isHeader(bytes, start, at - start))
}

function isHeader(bytes: Buffer, start: number, size: number): boolean {
  return bytes[start] === 0x30 && lengthAt(bytes, start)[0] === size
}

/** Bytes of a header, and of what it heads. */
function lengthAt(bytes: Buffer, start: number): readonly [number, number] {
  const first = bytes[start + 1] ?? 0
  if (first < 0x80) return [2, first]
  const size = first - 0x80
  return size < 1 || size > 2 || start + 2 + size > bytes.length
    ? [0, 0]
    : [2 + size, bytes.readUIntBE(start + 2, size)]
}

// Lines are joined first, also those of PEM in JSON in a string; what PEM says around its base64 parts the runs.
function base64In(layer: Uint8Array): readonly Uint8Array[] {
  const text = decodeLatin1(layer)
    .replace(/-----[A-Z0-9 ]*-----/g, ' ')
    .replace(/\\+[rn]|[\r\n]/g, '')
    .replace(/\\+\/|\\+u002[fF]/g, '/')
    .replace(/\\+u002[bB]/g, '+')
  return Array.from(text.matchAll(BASE64), ([part]) => Buffer.from(part, 'base64'))
}

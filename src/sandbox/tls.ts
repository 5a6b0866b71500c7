// The presentation language of TLS (RFC 5246 section 4) as Certificate Transparency uses it.
import { Buffer } from 'node:buffer'
import { concatBytes } from '../bytes.ts'

export function uint(value: number | bigint, size: 1 | 2 | 3 | 8): Uint8Array {
  return Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex')
}

/** An opaque vector: its length in `size` bytes, then the bytes. */
export function vector(bytes: Uint8Array, size: 2 | 3): Uint8Array {
  return concatBytes(uint(bytes.length, size), bytes)
}

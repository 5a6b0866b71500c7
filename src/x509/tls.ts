// TLS presentation language (RFC 8446 3) as far as certificate transparency uses it: numbers and length-prefixed vectors.
import { malformed } from '../errors.ts'

/** Reads one structure; `finish` refuses what is left over. Every failure is a `parse` fault. */
export class TlsReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  take(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.length) throw malformed('TLS structure', 'truncated')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  /** An unsigned number of at most six octets. */
  number(octets: number): number {
    return this.take(octets).reduce((value, octet) => value * 256 + octet, 0)
  }

  /** A vector whose length stands before it in `octets` octets. */
  vector(octets: number): Uint8Array {
    return this.take(this.number(octets))
  }

  finish(): void {
    if (!this.done) throw malformed('TLS structure', 'trailing bytes')
  }
}

/** A vector with its length before it. */
export function encodeVector(octets: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(octets + content.length)
  let rest = content.length
  for (let i = octets - 1; i >= 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  if (rest !== 0) throw malformed('TLS structure', 'too long')
  bytes.set(content, octets)
  return bytes
}

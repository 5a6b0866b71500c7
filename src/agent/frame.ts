// Messages on the agent's socket: two lengths of four bytes, a JSON object, then raw bytes. A connection carries one
// request and its answer. Lengths are checked before anything is kept, so nobody makes the reader hold more than it says.
import { Buffer } from 'node:buffer'
import { concatBytes, encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { type JsonObject, parseDocument } from '../trust/json.ts'

export interface Frame {
  readonly head: JsonObject
  readonly body: Uint8Array
}

export const MAX_HEAD = 64 << 10
/** Larger Git payloads are signed without the agent. */
export const MAX_BODY = 16 << 20
const LENGTHS = 8

export function encodeFrame(head: object, body: Uint8Array = new Uint8Array()): Uint8Array {
  const text = encodeUtf8(JSON.stringify(head))
  if (text.length > MAX_HEAD || body.length > MAX_BODY) throw malformed('agent message', 'too large')
  const lengths = Buffer.alloc(LENGTHS)
  lengths.writeUInt32BE(text.length, 0)
  lengths.writeUInt32BE(body.length, 4)
  return concatBytes(lengths, text, body)
}

/** Takes a connection's bytes as they come. */
export class FrameReader {
  readonly #chunks: Uint8Array[] = []
  #length = 0
  #wanted: number | undefined

  /** Gives the frame once it is whole. Throws `parse` as soon as it cannot become one, bytes behind it included. */
  push(chunk: Uint8Array): Frame | undefined {
    if (chunk.length === 0) return undefined
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#wanted === undefined && this.#length >= LENGTHS) this.#wanted = wantedLength(this.#join())
    if (this.#wanted === undefined || this.#length < this.#wanted) return undefined
    if (this.#length > this.#wanted) throw malformed('agent message', 'bytes follow it')
    return decodeFrame(this.#join())
  }

  #join(): Uint8Array {
    const whole = concatBytes(...this.#chunks)
    this.#chunks.splice(0, this.#chunks.length, whole)
    return whole
  }
}

function wantedLength(start: Uint8Array): number {
  const [head, body] = lengthsOf(start)
  if (head === 0 || head > MAX_HEAD || body > MAX_BODY) throw malformed('agent message', 'too large, or none')
  return LENGTHS + head + body
}

function decodeFrame(bytes: Uint8Array): Frame {
  const [head] = lengthsOf(bytes)
  return {
    head: parseDocument(bytes.subarray(LENGTHS, LENGTHS + head), 'agent message'),
    body: bytes.subarray(LENGTHS + head),
  }
}

function lengthsOf(bytes: Uint8Array): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTHS)
  return [view.getUint32(0), view.getUint32(4)]
}

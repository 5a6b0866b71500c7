// What `git cat-file --batch` answers, cut into objects as it streams in. What Git says of an object is not taken: the
// bytes come with the header that their id is the hash of, so that the id can be computed without a copy.
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { malformed } from '../errors.ts'
import type { ObjectAlgorithm, ObjectType } from './id.ts'

/** One answer. Without `type` there is no object, and `why` says so. */
export interface Frame {
  /** The id that was asked for, lower-case hexadecimal. */
  readonly oid: string
  readonly type?: ObjectType
  /** `commit 245\0` and the contents: what an id is the hash of. Empty where there is no object. */
  readonly framed: Buffer
  /** Offset of the contents in `framed`. */
  readonly start: number
  readonly why?: string
}

/** Larger objects are passed over, their bytes dropped. No commit or tag that anybody reads comes near. */
export const MAX_OBJECT = 64 << 20
const NO_BYTES = Buffer.alloc(0)
const TYPES: Readonly<Record<string, ObjectType>> = { commit: 'commit', tag: 'tag', tree: 'tree', blob: 'blob' }
const MAX_HEADER = 512

/** The id of the bytes at hand. SHA-1 collisions are *not* looked for. */
export function frameId({ framed }: Pick<Frame, 'framed'>, algorithm: ObjectAlgorithm): string {
  return hash(algorithm, framed, 'hex')
}

export function contentsOf({ framed, start }: Pick<Frame, 'framed' | 'start'>): Buffer {
  return framed.subarray(start)
}

/** Cuts a stream into frames; holds at most one object that is not whole yet. */
export class FrameReader {
  #rest: Buffer = NO_BYTES
  /** Chunks beyond `rest`, joined once there are enough: an object of many chunks is copied once. */
  #more: Buffer[] = []
  #have = 0
  #need = 1
  #skip = 0

  /** The frames that end in this chunk. Throws `parse` for what Git does not write. */
  push(chunk: Buffer): readonly Frame[] {
    const kept = this.#drop(chunk)
    if (kept.length === 0) return []
    this.#more.push(kept)
    this.#have += kept.length
    if (this.#have < this.#need) return []
    const bytes = this.#more.length === 1 && this.#rest.length === 0 ? kept : Buffer.concat([this.#rest, ...this.#more])
    this.#more = []
    return this.#cut(bytes)
  }

  /** Whether the stream may end here. */
  get done(): boolean {
    return this.#have === 0 && this.#skip === 0
  }

  #drop(chunk: Buffer): Buffer {
    const dropped = Math.min(this.#skip, chunk.length)
    this.#skip -= dropped
    return dropped === 0 ? chunk : chunk.subarray(dropped)
  }

  #cut(bytes: Buffer): readonly Frame[] {
    const frames: Frame[] = []
    let at = 0
    this.#need = 1
    while (at < bytes.length) {
      const next = this.#frameAt(bytes, at, frames)
      if (next === undefined) break
      at = next
    }
    this.#rest = at >= bytes.length ? NO_BYTES : bytes.subarray(at)
    this.#have = this.#rest.length
    return frames
  }

  /** Offset after the frame at `at`; undefined where it is not whole. */
  #frameAt(bytes: Buffer, at: number, frames: Frame[]): number | undefined {
    const line = bytes.indexOf(0x0a, at)
    if (line < 0 && bytes.length - at < MAX_HEADER) {
      this.#need = bytes.length - at + 1
      return undefined
    }
    if (line < 0 || line - at > MAX_HEADER) throw malformed('git cat-file', 'unexpected answer')
    const header = bytes.toString('latin1', at, line)
    const [space, sized] = [header.indexOf(' '), header.lastIndexOf(' ')]
    const oid = space < 0 ? header : header.slice(0, space)
    if (sized === space) {
      frames.push(absent(oid, header.slice(oid.length + 1)))
      return line + 1
    }
    // Nearly all are commits, and they need no text of their own for it.
    const type = header.startsWith('commit ', space + 1) ? 'commit' : TYPES[header.slice(space + 1, sized)]
    const size = Number(header.slice(sized + 1))
    if (type === undefined || !Number.isSafeInteger(size)) throw malformed('git cat-file', 'unexpected answer')
    const end = line + 1 + size
    if (size > MAX_OBJECT) return this.#passOver(bytes, end + 1, frames, oid)
    if (end + 1 > bytes.length) {
      this.#need = end + 1 - at
      return undefined
    }
    // The line's end becomes the NUL of an object's own header.
    bytes[line] = 0
    const prefix = at + oid.length + 1
    frames.push({ oid, type, framed: bytes.subarray(prefix, end), start: line + 1 - prefix })
    return end + 1
  }

  #passOver(bytes: Buffer, end: number, frames: Frame[], oid: string): number {
    frames.push({ oid, framed: NO_BYTES, start: 0, why: `larger than ${MAX_OBJECT} bytes` })
    this.#skip = Math.max(0, end - bytes.length)
    return end
  }
}

function absent(oid: string, kind: string): Frame {
  return { oid, framed: NO_BYTES, start: 0, why: kind === 'missing' ? 'missing' : `${kind || 'unreadable'}` }
}

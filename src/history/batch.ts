// Objects on their way to a thread and findings on their way back: one buffer that changes hands, and texts.
import { Buffer } from 'node:buffer'
import type { Frame } from '../git/frames.ts'
import type { ObjectType } from '../git/id.ts'
import type { Finding } from './record.ts'

/** Plain data; `bytes` is not shared with anything and can be given away. */
export interface Batch {
  readonly bytes: ArrayBuffer
  readonly items: readonly BatchItem[]
}

interface BatchItem {
  readonly oid: string
  readonly type: ObjectType
  /** Offsets in `bytes`: of the object with its header, of its contents, and behind it. */
  readonly at: number
  readonly start: number
  readonly end: number
}

export function encodeBatch(frames: readonly Frame[]): Batch {
  const bytes = new ArrayBuffer(frames.reduce((sum, { framed }) => sum + framed.length, 0))
  const target = new Uint8Array(bytes)
  let at = 0
  const items = frames.map(({ oid, type = 'blob', framed, start }) => {
    target.set(framed, at)
    const item = { oid, type, at, start, end: at + framed.length }
    at = item.end
    return item
  })
  return { bytes, items }
}

export function decodeBatch({ bytes, items }: Batch): readonly Frame[] {
  return items.map(({ oid, type, at, start, end }) => ({ oid, type, framed: Buffer.from(bytes, at, end - at), start }))
}

/** Findings as text, an object each: quicker to hand over than a tree of objects, and what the cache keeps. */
export function encodeFindings(findings: readonly Finding[]): string {
  return JSON.stringify(findings)
}

/** Reads what this program wrote a moment ago, or what its cache kept under a checksum. */
export function decodeFindings(text: string): readonly Finding[] {
  return JSON.parse(text) as readonly Finding[]
}

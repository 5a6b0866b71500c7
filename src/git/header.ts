// The header of a Git object: lines up to the first empty one, each with the lines that continue it by a leading space.
// Read as single bytes; what a line says is not interpreted and nothing is refused.
import { Buffer } from 'node:buffer'

/** One header with its continuation lines. */
export interface HeaderLine {
  /** Up to the first space or the line's end. */
  readonly name: string
  /** The whole group, name and last newline included, one character a byte. */
  readonly raw: string
  /** Offsets in the object; `end` is that of the next header. */
  readonly start: number
  readonly end: number
}

/** Offset of the empty line that ends the header, which is the object's length where there is none. */
export function headerLength(bytes: Uint8Array): number {
  if (bytes[0] === 0x0a) return 0
  const blank = asBuffer(bytes).indexOf('\n\n', 0, 'latin1')
  return blank === -1 ? bytes.length : blank + 1
}

export function readHeader(bytes: Uint8Array): readonly HeaderLine[] {
  const text = asBuffer(bytes).toString('latin1', 0, headerLength(bytes))
  const lines: HeaderLine[] = []
  for (let start = 0; start < text.length; ) {
    const end = groupEnd(text, start)
    lines.push(lineAt(text, start, end))
    start = end
  }
  return lines
}

/** Most headers that are looked for: nobody needs a second of a kind that Git drops, and a hostile one has millions. */
const MAX_FOUND = 64

/** The first headers whose line begins with `prefix`; the others are not read, however many there are. */
export function findHeaders(bytes: Uint8Array, prefix: string): readonly HeaderLine[] {
  const text = asBuffer(bytes).toString('latin1', 0, headerLength(bytes))
  const lines: HeaderLine[] = []
  for (let start = lineStart(text, prefix, 0); start !== -1 && lines.length < MAX_FOUND; ) {
    const end = groupEnd(text, start)
    lines.push(lineAt(text, start, end))
    start = lineStart(text, prefix, end)
  }
  return lines
}

/** Whether a line of the header begins with this name: the quick question before the header is read. */
export function hasHeader(bytes: Uint8Array, name: string): boolean {
  const at = asBuffer(bytes).indexOf(`\n${name}`, 0, 'latin1')
  return (at >= 0 && at < headerLength(bytes)) || asBuffer(bytes).toString('latin1', 0, name.length) === name
}

/** What follows the name and its space, with the space that starts each further line taken away, as bytes. */
export function unfold(line: HeaderLine): Uint8Array {
  return Buffer.from(line.raw.slice(line.name.length + 1).replaceAll('\n ', '\n'), 'latin1')
}

function lineAt(text: string, start: number, end: number): HeaderLine {
  const raw = text.slice(start, end)
  return { name: /^[^ \n]*/.exec(raw)?.[0] ?? '', raw, start, end }
}

/** Offset of the first line at or after `from`, itself a line's start, that begins with `prefix`; -1 without one. */
function lineStart(text: string, prefix: string, from: number): number {
  if (text.startsWith(prefix, from)) return from
  const newline = text.indexOf(`\n${prefix}`, from)
  return newline === -1 ? -1 : newline + 1
}

function groupEnd(text: string, start: number): number {
  let newline = text.indexOf('\n', start)
  while (newline !== -1 && text[newline + 1] === ' ') newline = text.indexOf('\n', newline + 1)
  return newline === -1 ? text.length : newline + 1
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

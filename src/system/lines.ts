// The lines of a file, one at a time, so that a file of any length needs the memory of its longest line.
import { closeSync, openSync, readSync } from 'node:fs'
import { concatBytes, decodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'

/** Longest line, in bytes: a record of a commit with ten thousand parents has less than one megabyte. */
const MAX_LINE = 64 << 20
const CHUNK = 1 << 18

/**
 * Yields each line without its line feed. Throws `io` where the file cannot be read, and `parse` for what is not UTF-8,
 * a line that is too long, or a last line that does not end: such a file was cut off.
 */
export function* readLines(path: string): Generator<string> {
  const fd = opened(path)
  try {
    let waiting: Uint8Array[] = []
    let length = 0
    for (const chunk of chunksOf(fd)) {
      let start = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        yield decodeUtf8(concatBytes(...waiting, chunk.subarray(start, end)), path)
        ;[waiting, length, start] = [[], 0, end + 1]
      }
      waiting.push(chunk.slice(start))
      length += chunk.length - start
      if (length > MAX_LINE) throw new Fault('parse', `${path}: a line is longer than ${MAX_LINE} bytes`)
    }
    if (length > 0) throw new Fault('parse', `${path}: the last line does not end: the file was cut off`)
  } finally {
    closeSync(fd)
  }
}

function* chunksOf(fd: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK)
  for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer)) yield buffer.subarray(0, count)
}

function opened(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : cause
    throw new Fault('io', `cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : String(code)}`, {
      cause,
    })
  }
}

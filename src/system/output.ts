// Text that is written little by little: to a file that somebody named, or to a place on disk of our own where it waits.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'

export interface Output {
  write(data: string | Uint8Array): void
  close(): void
}

/** What was written is read back once, and then gone. */
export interface Spool extends Output {
  chunks(): Iterable<Uint8Array>
}

const CHUNK = 1 << 20

/** Empties the file or makes it. Throws `io`, as do its methods. */
export function openOutput(path: string): Output {
  const fd = opening(path, () => openSync(path, 'w'))
  return { write: (data) => writeAll(fd, path, data), close: () => closeSync(fd) }
}

/** In a folder that nobody else may enter; removed by `close`. Throws `io`. */
export function openSpool(): Spool {
  const folder = opening(tmpdir(), () => mkdtempSync(join(tmpdir(), 'gitsigil-report-')))
  const path = join(folder, 'records')
  const fd = opening(path, () => openSync(path, 'wx+', 0o600))
  return {
    write: (data) => writeAll(fd, path, data),
    *chunks() {
      const buffer = new Uint8Array(CHUNK)
      let at = 0
      for (let count = readSync(fd, buffer, 0, CHUNK, at); count > 0; count = readSync(fd, buffer, 0, CHUNK, at)) {
        at += count
        yield buffer.slice(0, count)
      }
    },
    close() {
      closeSync(fd)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function opening<T>(path: string, open: () => T): T {
  try {
    return open()
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

function writeAll(fd: number, path: string, data: string | Uint8Array): void {
  try {
    for (let rest = typeof data === 'string' ? encodeUtf8(data) : data; rest.length > 0; )
      rest = rest.subarray(writeSync(fd, rest))
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

function unwritable(path: string, cause: unknown): Fault {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return new Fault('io', `cannot write ${path}: ${why}`, { cause })
}

// A file that only grows, for what must not be told twice nor lost: whoever writes to it remembers elsewhere how much of it
// counts, and what stands behind that was written by somebody who was killed.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { Fault } from '../errors.ts'

/**
 * Puts bytes behind the first `length` ones, in the place of whatever is there, durably. Throws `io`, also where there are
 * fewer.
 */
export function appendBehind(path: string, length: number, bytes: Uint8Array): void {
  try {
    const fd = openSync(path, 'a+', 0o600)
    try {
      if (fstatSync(fd).size < length)
        throw new Fault('io', `${path} is shorter than it was`, { hint: 'restore it, or begin anew in another folder' })
      ftruncateSync(fd, length)
      for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest))
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : cause
    throw new Fault('io', `cannot write ${path}: ${String(code)}`, { cause })
  }
}

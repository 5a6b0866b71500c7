// Counts what a verification asks for: hashes, bytes hashed and signatures verified of node:crypto, elements of DER read and
// how deep they lie. Time depends on the machine and its load; work does not. For scripts only: it exchanges functions of
// the runtime and of the DER reader, in this thread.
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { Element, Reader } from '../../src/asn1/read.ts'

export interface Work {
  hashes: number
  hashedBytes: number
  verifications: number
  /** Elements of DER. */
  elements: number
  /** Of DER: how many elements stand around the innermost one. */
  depth: number
}

export const NO_WORK: Readonly<Work> = { hashes: 0, hashedBytes: 0, verifications: 0, elements: 0, depth: 0 }

/**
 * No input, however it was mutated, may ask for more. Good ones ask for up to 37 hashes, 6 verifications, 400 elements; a
 * proof may have 64 hashes, a checkpoint 32 signatures. Readers refuse DER that is deeper.
 */
export const MOST_WORK: Readonly<Work> = {
  hashes: 200,
  hashedBytes: 1_000_000,
  verifications: 60,
  elements: 10_000,
  depth: 24,
}

const work: Work = { ...NO_WORK }
let isCounting = false

/** What was counted since the last call. The first one begins to count. */
export function takeWork(): Work {
  if (!isCounting) {
    isCounting = true
    countCrypto()
    countDer()
  }
  const taken = { ...work }
  Object.assign(work, NO_WORK)
  return taken
}

export function isTooMuch(taken: Work): boolean {
  return (Object.keys(NO_WORK) as (keyof Work)[]).some((name) => taken[name] > MOST_WORK[name])
}

function countCrypto(): void {
  const { hash, createHash, verify } = crypto
  Object.assign(crypto, {
    hash: (...args: Parameters<typeof hash>) => {
      countHash((args[1] as Uint8Array).length)
      return hash(...args)
    },
    createHash: (...args: Parameters<typeof createHash>) => {
      const created = createHash(...args)
      const update = created.update.bind(created) as (data: Uint8Array | string) => typeof created
      countHash(0)
      created.update = (data: Uint8Array | string) => {
        work.hashedBytes += data.length
        return update(data)
      }
      return created
    },
    verify: (...args: Parameters<typeof verify>) => {
      work.verifications += 1
      countHash((args[1] as Uint8Array).byteLength)
      return (verify as (...all: typeof args) => boolean)(...args)
    },
  })
  syncBuiltinESMExports()
}

function countHash(bytes: number): void {
  work.hashes += 1
  work.hashedBytes += bytes
}

function countDer(): void {
  const depths = new WeakMap<object, number>()
  const { readAny } = Reader.prototype
  const { reader } = Element.prototype
  Reader.prototype.readAny = function () {
    const element = readAny.call(this)
    work.elements += 1
    depths.set(element, depths.get(this) ?? 0)
    return element
  }
  Element.prototype.reader = function () {
    const depth = (depths.get(this) ?? 0) + 1
    const inner = reader.call(this)
    work.depth = Math.max(work.depth, depth)
    depths.set(inner, depth)
    return inner
  }
}

// Counts what a verification asks of node:crypto: hashes, bytes hashed, signatures verified. Time depends on the machine
// and its load; work does not. For scripts only: it exchanges functions of the runtime, in this thread.
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

export interface Work {
  hashes: number
  hashedBytes: number
  verifications: number
}

/** No input, however it was mutated, may ask for more. The most that a good one asks for is about a third. */
export const MOST_WORK: Readonly<Work> = { hashes: 400, hashedBytes: 4_000_000, verifications: 60 }

const work: Work = { hashes: 0, hashedBytes: 0, verifications: 0 }
let isCounting = false

/** What was counted since the last call. The first one begins to count. */
export function takeWork(): Work {
  startCounting()
  const taken = { ...work }
  Object.assign(work, { hashes: 0, hashedBytes: 0, verifications: 0 })
  return taken
}

export function isTooMuch(taken: Work): boolean {
  return (
    taken.hashes > MOST_WORK.hashes ||
    taken.hashedBytes > MOST_WORK.hashedBytes ||
    taken.verifications > MOST_WORK.verifications
  )
}

function startCounting(): void {
  if (isCounting) return
  isCounting = true
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

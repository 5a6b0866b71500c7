// A keychain in memory.
import { Fault } from '../../src/errors.ts'
import { Secret } from '../../src/secret.ts'
import type { Keychain } from '../../src/system/keychain.ts'

export interface MemoryKeychain extends Keychain {
  readonly items: Map<string, string>
  /** From now on nothing can be written, read or removed. */
  lock(): void
}

export function memoryKeychain(items: Readonly<Record<string, string>> = {}): MemoryKeychain {
  const kept = new Map(Object.entries(items))
  let locked = false
  const check = () => {
    if (locked) throw new Fault('io', 'the keychain cannot be used: it is locked')
  }
  return {
    items: kept,
    lock() {
      locked = true
    },
    async read(account) {
      check()
      const text = kept.get(account)
      return text === undefined ? undefined : new Secret(text)
    },
    async write(account, secret) {
      check()
      kept.set(account, secret.reveal())
    },
    async remove(account) {
      check()
      kept.delete(account)
    },
    list: async () => [...kept.keys()].sort(),
  }
}

// Says which keys and signatures are accepted. Started as a program, in another runtime, it reads cases from stdin as JSON.
import { readFileSync } from 'node:fs'
import { fromHex } from '../../src/bytes.ts'
import { Fault } from '../../src/errors.ts'
import { type Hash, parsePublicKey, verifyWithKey } from '../../src/x509/key.ts'

export interface Case {
  readonly spki: string
  /** Absent: the key is the question. */
  readonly signature?: string
  readonly hash?: Hash
  readonly data?: string
}

export function isKeyAccepted(spki: Uint8Array): boolean {
  try {
    return parsePublicKey(spki).handle.type === 'public'
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return false
    throw thrown
  }
}

export function answer({ spki, signature, hash, data }: Case): boolean {
  if (signature === undefined) return isKeyAccepted(fromHex(spki))
  return verifyWithKey(parsePublicKey(fromHex(spki)), hash, fromHex(data ?? ''), fromHex(signature))
}

if (process.argv[1]?.endsWith('answer.ts')) {
  const cases = JSON.parse(readFileSync(0, 'utf8')) as readonly Case[]
  console.log(JSON.stringify(cases.map(answer)))
}

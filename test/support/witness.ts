// Witnesses of checkpoints, with keys of their own (C2SP tlog-cosignature).
import { generateKeyPairSync, sign } from 'node:crypto'
import { toBase64, toHex } from '../../src/bytes.ts'
import type { NoteSignature } from '../../src/rekor/checkpoint.ts'
import { cosignatureHint, cosignedText } from '../../src/rekor/cosignature.ts'

export interface TestWitness {
  readonly vkey: string
  /** @param time milliseconds since 1970 */
  cosign(body: string, time: number): NoteSignature
}

export function makeWitness(name: string): TestWitness {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const hint = cosignatureHint(name, point)
  return {
    vkey: `${name}+${toHex(hint)}+${toBase64(Uint8Array.of(4, ...point))}`,
    cosign(body, time) {
      const seconds = BigInt(Math.floor(time / 1000))
      const timestamp = Buffer.alloc(8)
      timestamp.writeBigUInt64BE(seconds)
      const signature = Buffer.concat([timestamp, sign(null, cosignedText(body, seconds), privateKey)])
      return { name, hint, signature }
    },
  }
}

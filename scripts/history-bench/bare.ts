// The bare cryptography: what a program does that has every key, digest input and signature at hand, and does nothing else.
// A signature is one P-384 and four P-256; prints microseconds of one, the least of the rounds.
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'

const SETS = 300
const ROUNDS = 5

// The size of a precertificate, about that of all five.
const data = randomBytes(700)
const large = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
const small = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const largeSignature = sign('sha384', data, large.privateKey)
const smallSignature = sign('sha256', data, small.privateKey)

const times = Array.from({ length: ROUNDS }, () => {
  const started = performance.now()
  for (let set = 0; set < SETS; set++) {
    if (!verify('sha384', data, large.publicKey, largeSignature)) throw new Error('P-384')
    for (let i = 0; i < 4; i++) if (!verify('sha256', data, small.publicKey, smallSignature)) throw new Error('P-256')
  }
  return ((performance.now() - started) * 1000) / SETS
})
console.log(Math.min(...times))

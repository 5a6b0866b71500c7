// The bare cryptography: what a program does that has every key, digest input and signature at hand, and does nothing else.
// A signature is one P-384 and four P-256. Does as many as its argument says, because a processor is faster for a moment than
// for as long as a history takes; prints microseconds of one.
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'

const signatures = Number(process.argv[2] ?? 1000)

// The size of a precertificate, about that of all five.
const data = randomBytes(700)
const large = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
const small = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const largeSignature = sign('sha384', data, large.privateKey)
const smallSignature = sign('sha256', data, small.privateKey)

const started = performance.now()
for (let done = 0; done < signatures; done++) {
  if (!verify('sha384', data, large.publicKey, largeSignature)) throw new Error('P-384')
  for (let i = 0; i < 4; i++) if (!verify('sha256', data, small.publicKey, smallSignature)) throw new Error('P-256')
}
console.log(((performance.now() - started) * 1000) / signatures)

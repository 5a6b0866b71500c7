// A signer for tests of policy, which looks at the identity alone; its certificates are empty.
import type { Identity } from '../../src/fulcio/identity.ts'
import type { Signer } from '../../src/verify/verdict.ts'
import type { Certificate } from '../../src/x509/certificate.ts'

const empty = new Uint8Array()
const certificate: Certificate = {
  bytes: empty,
  tbs: empty,
  serial: empty,
  issuer: empty,
  subject: empty,
  notBefore: 0,
  notAfter: 0,
  spki: empty,
  get key(): never {
    throw new Error('policy does not look at keys')
  },
  extensions: [],
  signatureAlgorithm: '',
  signature: empty,
}

export function signer(identity: Partial<Identity>): Signer {
  const whole: Identity = { subject: '', type: 'email', issuer: '', claims: {}, ...identity }
  return { identity: whole, certificate, issuer: certificate }
}

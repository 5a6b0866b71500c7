// A signature as signPayload hands it to a log: key, leaf, digest.
import { hash } from 'node:crypto'
import { newSigningKey } from '../../src/sign/key.ts'
import type { WitnessRequest } from '../../src/sign/sign.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { issueLeaf } from './issue.ts'

export function witnessRequest(artifact = 'an artifact'): WitnessRequest {
  const key = newSigningKey()
  const now = Date.now()
  const leaf = parseCertificate(issueLeaf({ spki: key.spki, notBefore: now, notAfter: now + 600_000, withSct: true }))
  const bytes = Buffer.from(artifact)
  return { digest: hash('sha256', bytes, 'buffer'), signature: key.sign(bytes), leaf }
}

// How certificates are called: gitsign's certificate id, and the fingerprint that everybody else prints.
import { createHash } from 'node:crypto'
import type { Certificate } from './certificate.ts'

/** gitsign's certificate id: SHA-1 of the DER, 40 lower-case hexadecimal digits. A label: nothing is decided by it. */
export function certificateId(certificate: Certificate): string {
  return createHash('sha1').update(certificate.bytes).digest('hex')
}

/** SHA-256 of the DER, 64 upper-case hexadecimal digits. */
export function fingerprint(certificate: Certificate): string {
  return createHash('sha256').update(certificate.bytes).digest('hex').toUpperCase()
}

// How certificates are called: gitsign's certificate id, and the fingerprint that everybody else prints.
import { hash } from 'node:crypto'
import type { Certificate } from './certificate.ts'

/** gitsign's certificate id: SHA-1 of the DER, 40 lower-case hexadecimal digits. A label: nothing is decided by it. */
export function certificateId(certificate: Certificate): string {
  return hash('sha1', certificate.bytes)
}

/** SHA-256 of the DER, 64 upper-case hexadecimal digits. */
export function fingerprint(certificate: Certificate): string {
  return hash('sha256', certificate.bytes).toUpperCase()
}

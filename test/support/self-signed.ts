// A certificate for 127.0.0.1 and localhost that nobody vouches for, made by openssl; to be trusted it must be named.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './folder.ts'

export interface SelfSigned {
  readonly key: Buffer
  readonly cert: Buffer
  /** PEM of the certificate, for NODE_EXTRA_CA_CERTS. */
  readonly path: string
}

export function makeSelfSigned(): SelfSigned {
  const folder = temporaryFolder('tls')
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  execFileSync('openssl', [...made, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert), path: cert }
}

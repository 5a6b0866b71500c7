import { encodeNull } from '../../src/asn1/write.ts'
import {
  added,
  type CertificateDraft,
  type Change,
  caConstraint,
  exchange,
  extension,
  keyUsage,
  OID,
  purposes,
} from '../forge/certificate.ts'
import { chain } from './issuer.ts'
import { utcTime } from './roots.ts'
import { ALL_KINDS, type Vector } from './vector.ts'

export const leaf = (name: string, reason: string, says: string, change: Change<CertificateDraft>): readonly Vector[] =>
  chain(name, reason, says, { leaf: change })

export const USES: readonly Vector[] = [
  ...chain('leaf-is-ca', 'the signing certificate is a CA', 'a CA whose key signs commits', {
    kinds: ALL_KINDS,
    leaf: added(caConstraint()),
  }),
  ...leaf(
    'without-key-usage',
    'the signing certificate is not for signatures',
    'a certificate that does not say it may sign',
    exchange(OID.keyUsage),
  ),
  ...leaf(
    'for-agreement',
    'the signing certificate is not for signatures',
    'a key for agreement',
    exchange(OID.keyUsage, keyUsage(3, 0x08)),
  ),
  ...leaf(
    'for-tls',
    'the signing certificate is not for codeSigning',
    'a certificate for TLS by the same CA',
    exchange(OID.extKeyUsage, purposes(false, OID.serverAuth)),
  ),
  ...leaf(
    'for-timestamps',
    'the signing certificate is not for codeSigning',
    'a certificate for timestamps by the same CA',
    exchange(OID.extKeyUsage, purposes(true, OID.timeStamping)),
  ),
  ...leaf(
    'for-anything',
    'the signing certificate is not for codeSigning',
    'any purpose, which is not said on purpose',
    exchange(OID.extKeyUsage, purposes(false, '2.5.29.37.0')),
  ),
  ...leaf(
    'without-purpose',
    'the signing certificate is not for codeSigning',
    'a certificate for no purpose',
    exchange(OID.extKeyUsage),
  ),
  ...leaf(
    'many-purposes',
    'extKeyUsage: too many purposes',
    'forty purposes',
    exchange(OID.extKeyUsage, purposes(false, ...Array.from({ length: 40 }, (_, i) => `1.2.3.${i}`))),
  ),
  ...leaf(
    'unknown-critical',
    'unknown critical extension 1.2.3.4',
    'a critical extension that nobody knows',
    added(extension('1.2.3.4', true, encodeNull())),
  ),
  ...leaf(
    'precertificate',
    'unknown critical extension 1.3.6.1.4.1.11129.2.4.3',
    'the precertificate in place of the certificate',
    added(extension('1.3.6.1.4.1.11129.2.4.3', true, encodeNull())),
  ),
  ...leaf(
    'usage-unused-bits',
    'BIT STRING: bad unused bits',
    'a key usage with more unused bits than an octet has',
    exchange(OID.keyUsage, keyUsage(9, 0x80)),
  ),
  ...leaf(
    'usage-padded',
    'BIT STRING: not DER',
    'BER instead of DER: a key usage with bits that are not',
    exchange(OID.keyUsage, keyUsage(0, 0x80)),
  ),
]

/** A leaf that lives at another time, from the usual moment. */
export function leafWindow(start: number, end: number): Change<CertificateDraft> {
  return (draft) => ({ ...draft, notBefore: utcTime(start), notAfter: utcTime(end) })
}

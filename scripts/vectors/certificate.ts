// Vectors of the `format` check about the leaf's certificate: what a strict reader of X.509 refuses (RFC 5280 4.1).
import {
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUtf8String,
} from '../../src/asn1/write.ts'
import {
  added,
  type CertificateDraft,
  type Change,
  certificateAlgorithm,
  DIGITAL_SIGNATURE,
  extension,
} from '../forge/certificate.ts'
import { algorithmWithNull } from '../forge/cms.ts'
import { VECTORS } from '../forge/instance.ts'
import { timeText } from '../forge/stamp.ts'
import { raw, withUnusedBit } from './edit.ts'
import { bad, type Vector } from './vector.ts'

const leaf = (name: string, reason: string, says: string, change: Change<CertificateDraft>): readonly Vector[] =>
  bad('format', `certificate-${name}`, reason, says, { leaf: change })

export const CERTIFICATES: readonly Vector[] = [
  ...leaf(
    'version-1',
    'certificate: not version 3',
    'a version without extensions, which cannot say that it is no CA',
    (draft) => ({ ...draft, version: encodeElement(0xa0, encodeInteger(0)) }),
  ),
  ...leaf('without-version', 'DER: expected tag 0xa0, found 0x02', 'no version, which means the first', (draft) => ({
    ...draft,
    version: new Uint8Array(),
  })),
  ...leaf('negative-serial', 'certificate: serial number out of range', 'a negative serial number', (draft) => ({
    ...draft,
    serial: raw('0201ff'),
  })),
  ...leaf('long-serial', 'certificate: serial number out of range', 'a serial number of 22 octets', (draft) => ({
    ...draft,
    serial: encodeInteger(1n << 168n),
  })),
  ...leaf(
    'padded-serial',
    'INTEGER: not minimal',
    'BER instead of DER: a serial number with a leading zero, under which a second certificate hides',
    (draft) => ({ ...draft, serial: raw('02020001') }),
  ),
  ...leaf(
    'two-algorithms',
    'certificate: two algorithms',
    'the unsigned copy of the algorithm names another',
    (draft) => ({ ...draft, outerAlgorithm: certificateAlgorithm(VECTORS.ct) }),
  ),
  ...leaf('algorithm-with-null', 'signature algorithm: wrong parameters', 'ECDSA with parameters', (draft) => ({
    ...draft,
    algorithm: algorithmWithNull('1.2.840.10045.4.3.3'),
  })),
  ...leaf(
    'unique-id',
    'DER: expected tag 0xa3, found 0x81',
    'a unique identifier, which RFC 5280 forbids',
    (draft) => ({ ...draft, uniqueIds: [encodeElement(0x81, Uint8Array.of(0, 1))] }),
  ),
  ...leaf(
    'no-time',
    'time: not DER UTCTime or GeneralizedTime',
    'BER instead of DER: a validity without seconds',
    (draft) => ({ ...draft, notAfter: timeText('3512312359Z', 0x17) }),
  ),
  ...leaf('no-such-day', 'time: no such moment', 'a validity that ends on a day that is not', (draft) => ({
    ...draft,
    notAfter: timeText('260631120000Z', 0x17),
  })),
  ...leaf(
    'extension-twice',
    'certificate: an extension twice',
    'two extensions of a kind: one reader judges by the first, another by the last',
    added(DIGITAL_SIGNATURE),
  ),
  ...leaf(
    'critical-false',
    'certificate: critical is written as false',
    'BER instead of DER: a default that is written',
    added(encodeSequence(encodeOid('1.2.3.4'), raw('010100'), encodeOctetString(encodeNull()))),
  ),
  ...leaf(
    'critical-one',
    'BOOLEAN: not DER',
    'BER instead of DER: a truth value of 1',
    added(encodeSequence(encodeOid('1.2.3.4'), raw('010101'), encodeOctetString(encodeNull()))),
  ),
  ...leaf(
    'many-extensions',
    'certificate: too many extensions',
    'seventy extensions',
    added(...Array.from({ length: 70 }, (_, i) => extension(`1.2.3.${i}`, false, encodeNull()))),
  ),
  ...leaf(
    'huge',
    'certificate: too large',
    'a certificate of over 64 KiB',
    added(extension('1.2.3.4', false, encodeUtf8String('x'.repeat(66_000)))),
  ),
  ...bad(
    'format',
    'certificate-trailing-bytes',
    'DER: trailing bytes',
    'an element behind the signature of the certificate',
    {
      leaf: (draft) => ({ ...draft, tail: [encodeNull()] }),
    },
  ),
  ...bad(
    'format',
    'certificate-unused-bits',
    'BIT STRING: unused bits',
    'BER instead of DER: unused bits in the signature of the certificate',
    { certificate: withUnusedBit },
  ),
  ...bad(
    'format',
    'certificate-without-extensions',
    'DER: expected tag 0xa3, found the end',
    'a certificate without extensions, which cannot say that it is no CA',
    {
      leaf: (draft) => ({ ...draft, extensions: [] }),
      scts: () => [],
    },
  ),
  ...bad('format', 'certificate-no-der', 'DER: truncated', 'a certificate without its end', {
    cms: (cms) => ({ ...cms, certificates: [...cms.certificates, encodeSequence(raw('3010'))] }),
  }),
]

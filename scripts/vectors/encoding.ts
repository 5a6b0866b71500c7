import { encodeElement, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { concatBytes } from '../../src/bytes.ts'
import { algorithm, attribute } from '../forge/cms.ts'
import { raw, withUnsigned } from './edit.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

export const format = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('format', name, reason, says, making)

export const ENCODING: readonly Vector[] = [
  ...format('trailing-bytes', 'DER: trailing bytes', 'bytes behind the signature that no check reads', {
    kinds: ALL_KINDS,
    der: (der) => concatBytes(der, Uint8Array.of(0)),
  }),
  ...format('ber-indefinite-length', 'DER: indefinite length', 'BER instead of DER: a length without a number', {
    der: (der) => concatBytes(raw('30 80'), der.subarray(4), raw('00 00')),
  }),
  ...format('ber-long-length', 'DER: length not minimal', 'BER instead of DER: a length with leading zeros', {
    der: (der) => concatBytes(raw('30 83 00'), der.subarray(2)),
  }),
  ...format('huge-length', 'DER: length too large', 'a length in five octets', {
    der: (der) => concatBytes(raw('30 85 00 00 00'), der.subarray(2)),
  }),
  ...format('truncated', 'DER: truncated', 'the end is missing', { der: (der) => der.subarray(0, -10) }),
  ...format('empty-element', 'DER: truncated', 'a tag without a length', { cms: withUnsigned(raw('30')) }),
  ...format('high-tag-number', 'DER: high tag number', 'a tag in several octets, which readers disagree about', {
    cms: withUnsigned(encodeSequence(encodeOid('1.2.3.4'), encodeElement(0x31, raw('1f 81 00 00')))),
  }),
  ...format(
    'constructed-octet-string',
    'DER: expected tag 0x04, found 0x24',
    'BER instead of DER: a signature in pieces',
    {
      der: (der) => piecesOfSignature(der),
    },
  ),
  ...format('not-signed-data', 'CMS: not SignedData', 'another kind of CMS', {
    cms: (cms) => ({ ...cms, contentInfo: encodeOid('1.2.840.113549.1.7.3') }),
  }),
  ...format('no-version', 'INTEGER: empty', 'a version of no octets', {
    cms: (cms) => ({ ...cms, version: raw('0200') }),
  }),
  ...format('ber-version', 'INTEGER: not minimal', 'BER instead of DER: a number with a leading zero', {
    cms: (cms) => ({ ...cms, version: raw('02020001') }),
  }),
  ...format('negative-version', 'INTEGER: negative', 'a version below zero', {
    cms: (cms) => ({ ...cms, version: raw('0201ff') }),
  }),
  ...format('huge-version', 'INTEGER: too large', 'a version that becomes 1 where a reader keeps 32 bits', {
    cms: (cms) => ({ ...cms, version: raw('0208 7f00000000000001') }),
  }),
  ...format('oid-empty', 'OBJECT IDENTIFIER: bad length', 'an attribute type of no octets', {
    cms: withUnsigned(encodeSequence(raw('0600'), raw('3102 0500'))),
  }),
  ...format('oid-padded', 'OBJECT IDENTIFIER: not minimal', 'an attribute type in a second form', {
    cms: withUnsigned(encodeSequence(raw('0604 2a80 0304'), raw('3102 0500'))),
  }),
  ...format('oid-huge-arc', 'OBJECT IDENTIFIER: arc too large', 'an arc that wraps around to a known one', {
    cms: withUnsigned(encodeSequence(raw('060b 2a ffffffffffffffffff 7f'), raw('3102 0500'))),
  }),
  ...format('oid-truncated', 'OBJECT IDENTIFIER: truncated', 'an attribute type without its end', {
    cms: withUnsigned(encodeSequence(raw('0602 2a81'), raw('3102 0500'))),
  }),
  ...format('huge-signature', 'signature: too large', 'a signature of over 256 KiB, to make the verifier work', {
    cms: withUnsigned(attribute('1.2.3.4', encodeOctetString(new Uint8Array(263_000)))),
  }),
]

/** The signature's OCTET STRING, which stands before the unsigned attributes, marked as constructed. */
function piecesOfSignature(der: Uint8Array): Uint8Array {
  const buffer = Buffer.from(der)
  const algorithmEnd = buffer.lastIndexOf(Buffer.from(algorithm('1.2.840.10045.4.3.2'))) + 12
  buffer[algorithmEnd] = 0x24
  return buffer
}

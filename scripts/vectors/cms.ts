// Vectors of the `format` check about the CMS itself: encoding, signers, certificates, attributes (RFC 5652, X.690).
import { contextTag } from '../../src/asn1/read.ts'
import {
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/write.ts'
import { concatBytes } from '../../src/bytes.ts'
import { ATTRIBUTE, algorithm, attribute, DATA, HASH_OID, TST_INFO, VERSION_3 } from '../forge/cms.ts'
import { SIGNED_AT, VECTORS } from '../forge/instance.ts'
import { curveKey, digest } from '../forge/key.ts'
import { commitPayload } from '../forge/object.ts'
import { CONTENT_TYPE, forgeLeaf, SIGNING_TIME } from '../forge/recipe.ts'
import { timeText } from '../forge/stamp.ts'
import { at, inSigner, raw, without, withUnsigned } from './edit.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

const MESSAGE_DIGEST = attribute(ATTRIBUTE.messageDigest, encodeOctetString(digest('sha256', commitPayload())))

const format = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('format', name, reason, says, making)

const ENCODING: readonly Vector[] = [
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

const SIGNERS: readonly Vector[] = [
  ...format('two-signers', 'signature: not one signer', 'a second SignerInfo: one is verified and the other shown', {
    kinds: ALL_KINDS,
    cms: (cms) => ({ ...cms, signers: [...cms.signers, ...cms.signers] }),
  }),
  ...format('no-signer', 'signature: not one signer', 'no SignerInfo at all, which verified nothing and passed', {
    cms: (cms) => ({ ...cms, signers: [] }),
  }),
  ...format('many-signers', 'CMS: too many elements', 'five signers, each a signature check', {
    cms: (cms) => ({ ...cms, signers: Array.from({ length: 5 }, () => cms.signers).flat() }),
  }),
  ...format('version-3', 'signature: not version 1', 'a SignedData of another version', {
    cms: (cms) => ({ ...cms, version: VERSION_3 }),
  }),
  ...format('signer-version-3', 'signature: not version 1', 'a signer of another version', {
    cms: inSigner((signer) => ({ ...signer, version: VERSION_3 })),
  }),
  ...format(
    'subject-key-id',
    'DER: expected tag 0x30, found 0x80',
    'the signer named by a key id, which several certificates may share',
    {
      cms: inSigner((signer) => ({
        ...signer,
        id: encodeElement(contextTag(0, false), digest('sha1', VECTORS.ct.spki)),
      })),
    },
  ),
  ...format(
    'content-inside',
    'signature: not detached',
    'content inside the signature, which other tools verify in place of the object',
    {
      kinds: ALL_KINDS,
      cms: (cms) => ({
        ...cms,
        content: encodeSequence(DATA, encodeElement(contextTag(0), encodeOctetString(commitPayload()))),
      }),
    },
  ),
  ...format(
    'content-type-outside',
    'signature: not detached',
    'the SignedData says that it is of another content type',
    {
      cms: (cms) => ({ ...cms, content: encodeSequence(TST_INFO) }),
    },
  ),
  ...format(
    'two-digest-algorithms',
    'signature: not one digest algorithm',
    'a second digest algorithm, by which another verifier may hash',
    {
      cms: (cms) => ({ ...cms, digestAlgorithms: [...cms.digestAlgorithms, algorithm(HASH_OID.sha512)] }),
    },
  ),
  ...format(
    'other-digest-algorithm',
    'signature: not one digest algorithm',
    "the announced digest algorithm is not the signer's",
    {
      cms: (cms) => ({ ...cms, digestAlgorithms: [algorithm(HASH_OID.sha512)] }),
    },
  ),
  ...format('revocations', 'DER: expected tag 0x31, found 0xa1', 'revocation lists that no check reads', {
    cms: (cms) => ({ ...cms, revocations: encodeElement(contextTag(1), encodeSequence()) }),
  }),
]

const CERTIFICATES: readonly Vector[] = [
  ...format(
    'no-certificates',
    'signature: no certificate of its signer',
    'an empty certificate set once passed as verified (CVE-2026-44310)',
    {
      kinds: ALL_KINDS,
      cms: (cms) => ({ ...cms, certificates: [] }),
    },
  ),
  ...format('other-certificate', 'signature: no certificate of its signer', "a certificate that is not the signer's", {
    cms: (cms) => ({ ...cms, certificates: [forgeLeaf({ key: curveKey('mallory', 'P-384') })] }),
  }),
  ...format(
    'signer-twice',
    'signature: two certificates of its signer',
    'two certificates of one issuer and serial: one is verified and the other shown',
    {
      cms: (cms) => ({ ...cms, certificates: [...cms.certificates, ...cms.certificates] }),
    },
  ),
  ...format('nine-certificates', 'signature: too many certificates', 'more certificates than a chain has', {
    cms: (cms) => ({
      ...cms,
      certificates: [...cms.certificates, ...Array.from({ length: 8 }, () => VECTORS.intermediate.certificate)],
    }),
  }),
  ...format('many-certificates', 'CMS: too many elements', 'seventeen certificates', {
    cms: (cms) => ({
      ...cms,
      certificates: [...cms.certificates, ...Array.from({ length: 16 }, () => VECTORS.intermediate.certificate)],
    }),
  }),
  ...format('broken-certificate', 'DER: trailing bytes', 'an extra certificate with bytes behind its signature', {
    cms: (cms) => ({
      ...cms,
      certificates: [...cms.certificates, encodeSequence(VECTORS.root.certificate.subarray(4), encodeNull())],
    }),
  }),
]

const SIGNED: readonly Vector[] = [
  ...format(
    'no-signed-attributes',
    'DER: expected tag 0xa0, found 0x30',
    'no signed attributes: the signature is over the content itself (RFC 5652 section 11)',
    {
      signed: () => commitPayload(),
      cms: inSigner(({ signedAttributes: _, ...signer }) => signer),
    },
  ),
  ...format('empty-signed-attributes', 'attributes: empty', 'an empty set of signed attributes', {
    attributes: () => [],
  }),
  ...format(
    'content-type-missing',
    'signature: signed attribute contentType is not data',
    'no contentType: attributes signed for another purpose',
    {
      kinds: ALL_KINDS,
      attributes: (list) => without(list, 0),
    },
  ),
  ...format(
    'content-type-wrong',
    'signature: signed attribute contentType is not data',
    'what was signed as a timestamp passed off as a commit',
    {
      kinds: ALL_KINDS,
      attributes: (list) => at(list, 0, attribute(ATTRIBUTE.contentType, TST_INFO)),
      cms: (cms) => cms,
    },
  ),
  ...format('content-type-no-oid', 'OBJECT IDENTIFIER: wrong tag', 'a contentType that is a number', {
    attributes: (list) => at(list, 0, attribute(ATTRIBUTE.contentType, encodeInteger(7))),
  }),
  ...format('digest-missing', 'signature: messageDigest is no SHA-256', 'no messageDigest: nothing binds the content', {
    kinds: ALL_KINDS,
    attributes: (list) => without(list, 2),
  }),
  ...format('digest-short', 'signature: messageDigest is no SHA-256', 'a messageDigest of 20 bytes', {
    attributes: (list) =>
      at(list, 2, attribute(ATTRIBUTE.messageDigest, encodeOctetString(digest('sha1', commitPayload())))),
  }),
  ...format('digest-wrong-type', 'signature: messageDigest is no SHA-256', 'a messageDigest that is no OCTET STRING', {
    attributes: (list) =>
      at(list, 2, attribute(ATTRIBUTE.messageDigest, encodeSequence(raw(`041e${'00'.repeat(30)}`)))),
  }),
  ...format(
    'digest-twice',
    'attributes: one twice',
    'two messageDigest attributes: one reader takes the first, another the last',
    {
      attributes: (list) => [
        ...list,
        attribute(ATTRIBUTE.messageDigest, encodeOctetString(digest('sha256', commitPayload('Another\n')))),
      ],
    },
  ),
  ...format('content-type-twice', 'attributes: one twice', 'two contentType attributes', {
    attributes: (list) => [CONTENT_TYPE, ...list],
  }),
  ...format('digest-two-values', 'attribute: not one value', 'two digests in one attribute', {
    attributes: (list) =>
      at(
        list,
        2,
        attribute(
          ATTRIBUTE.messageDigest,
          ...['Another\n', undefined].map((one) => encodeOctetString(digest('sha256', commitPayload(one)))),
        ),
      ),
  }),
  ...format('digest-no-value', 'attribute: not one value', 'a messageDigest without a value', {
    attributes: () => [attribute(ATTRIBUTE.messageDigest), CONTENT_TYPE, SIGNING_TIME],
  }),
  ...format(
    'attributes-unordered',
    'signature: signed attributes are not in DER order',
    'BER instead of DER: a reader that sorts before it hashes verifies other bytes',
    {
      attributes: () => [MESSAGE_DIGEST, SIGNING_TIME, CONTENT_TYPE],
    },
  ),
  ...format('many-attributes', 'CMS: too many elements', 'thirty-six signed attributes', {
    attributes: (list) => [
      ...list,
      ...Array.from({ length: 33 }, (_, i) => attribute(`1.2.3.${200 + i}`, encodeNull())),
    ],
  }),
  ...timeVectors(),
]

function timeVectors(): readonly Vector[] {
  const signingTime = (name: string, reason: string, says: string, value: Uint8Array) =>
    format(`signing-time-${name}`, reason, says, {
      attributes: () => [CONTENT_TYPE, attribute(ATTRIBUTE.signingTime, value), MESSAGE_DIGEST],
    })
  return [
    ...signingTime(
      'local',
      'time: not in Zulu form',
      'BER instead of DER: a signingTime with a zone',
      timeText('260601120000+0200', 0x17),
    ),
    ...signingTime('letters', 'time: not a digit', 'a signingTime with a letter', timeText('2606011200x0Z', 0x17)),
    ...signingTime(
      'month-13',
      'time: no such moment',
      'a signingTime in the thirteenth month',
      timeText('261301120000Z', 0x17),
    ),
    ...signingTime(
      'february-30',
      'time: no such moment',
      'a signingTime on a day that is not',
      timeText('260230120000Z', 0x17),
    ),
    ...signingTime(
      'without-seconds',
      'time: not DER UTCTime or GeneralizedTime',
      'BER instead of DER: a signingTime without seconds',
      timeText('2606011200Z', 0x17),
    ),
    ...signingTime(
      'text',
      'time: not DER UTCTime or GeneralizedTime',
      'a signingTime that is a text',
      timeText(`${SIGNED_AT}Z`, 0x0c),
    ),
    ...format('signing-time-twice', 'attributes: one twice', 'two signingTime attributes', {
      attributes: (list) => [CONTENT_TYPE, SIGNING_TIME, ...list.slice(1)],
    }),
  ]
}

const ENTRY = attribute(ATTRIBUTE.logEntry, encodeOctetString(raw('0801')))

const UNSIGNED: readonly Vector[] = [
  ...format('entry-wrong-type', 'log entry: wrong type', 'a log entry that is no OCTET STRING', {
    log: 'none',
    cms: withUnsigned(attribute(ATTRIBUTE.logEntry, encodeSequence())),
  }),
  ...format('token-wrong-type', 'timestamp token: wrong type', 'a timestamp that is no SEQUENCE', {
    cms: withUnsigned(attribute(ATTRIBUTE.timestampToken, encodeOctetString(raw('00')))),
  }),
  ...format('entry-twice', 'attributes: one twice', 'two log entries: one is verified and the other shown', {
    cms: withUnsigned(ENTRY),
  }),
  ...format('entry-two-values', 'attribute: not one value', 'two log entries in one attribute', {
    log: 'none',
    cms: withUnsigned(attribute(ATTRIBUTE.logEntry, encodeOctetString(raw('0801')), encodeOctetString(raw('0802')))),
  }),
  ...format('empty-unsigned-attributes', 'attributes: empty', 'an empty set of unsigned attributes', {
    log: 'none',
    cms: inSigner((signer) => ({ ...signer, unsigned: [] })),
  }),
]

export const CMS: readonly Vector[] = [...ENCODING, ...SIGNERS, ...CERTIFICATES, ...SIGNED, ...UNSIGNED]

/** The signature's OCTET STRING, which stands before the unsigned attributes, marked as constructed. */
function piecesOfSignature(der: Uint8Array): Uint8Array {
  const buffer = Buffer.from(der)
  const algorithmEnd = buffer.lastIndexOf(Buffer.from(algorithm('1.2.840.10045.4.3.2'))) + 12
  buffer[algorithmEnd] = 0x24
  return buffer
}

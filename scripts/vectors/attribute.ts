import { encodeInteger, encodeNull, encodeOctetString, encodeSequence } from '../../src/asn1/write.ts'
import { ATTRIBUTE, attribute, TST_INFO } from '../forge/cms.ts'
import { SIGNED_AT } from '../forge/instance.ts'
import { digest } from '../forge/key.ts'
import { commitPayload } from '../forge/object.ts'
import { CONTENT_TYPE, SIGNING_TIME } from '../forge/recipe.ts'
import { timeText } from '../forge/stamp.ts'
import { at, inSigner, raw, without, withUnsigned } from './edit.ts'
import { format } from './encoding.ts'
import { ALL_KINDS, type Vector } from './vector.ts'

const MESSAGE_DIGEST = attribute(ATTRIBUTE.messageDigest, encodeOctetString(digest('sha256', commitPayload())))

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

export const ATTRIBUTES: readonly Vector[] = [...SIGNED, ...UNSIGNED]

// Vectors of the `time` check about the form of an RFC 3161 token.
import { contextTag } from '../../src/asn1/read.ts'
import {
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/write.ts'
import {
  ATTRIBUTE,
  algorithm,
  algorithmWithNull,
  attribute,
  type CmsDraft,
  DATA,
  HASH_OID,
  TST_INFO,
} from '../forge/cms.ts'
import { VECTORS } from '../forge/instance.ts'
import { digest } from '../forge/key.ts'
import { encodeImprint, timeText } from '../forge/stamp.ts'
import { at, inSigner, raw, without } from './edit.ts'
import { stamp, token } from './stamp.ts'
import type { Vector } from './vector.ts'

const swapContent =
  (type: Uint8Array) =>
  (cms: CmsDraft): CmsDraft => ({
    ...cms,
    content: encodeSequence(type, ...[cms.content.subarray(cms.content.indexOf(0xa0, 4))]),
  })

export const TOKENS: readonly Vector[] = [
  ...token('two-signers', 'not one signer', 'a second signer', {
    cms: (cms) => ({ ...cms, signers: [...cms.signers, ...cms.signers] }),
  }),
  ...token('no-signer', 'not one signer', 'no signer at all', { cms: (cms) => ({ ...cms, signers: [] }) }),
  ...token('other-content-type', 'holds no TSTInfo', 'a signature over something else', { cms: swapContent(DATA) }),
  ...token('no-content', 'holds no TSTInfo', 'a token without its content', {
    cms: (cms) => ({ ...cms, content: encodeSequence(TST_INFO) }),
  }),
  ...token(
    'signed-type-wrong',
    'signed attribute contentType is not TSTInfo',
    'attributes that the key signed for another purpose',
    { attributes: (list) => at(list, 0, attribute(ATTRIBUTE.contentType, DATA)) },
  ),
  ...token('signed-type-missing', 'signed attribute contentType is not TSTInfo', 'attributes that say no type', {
    attributes: (list) => without(list, 0),
  }),
  ...token('digest-missing', 'no messageDigest', 'nothing binds the content', {
    attributes: (list) => without(list, 1),
  }),
  ...token('signer-not-named', 'no ESS signing certificate', 'no certificate is named, so that it could be exchanged', {
    attributes: (list) => without(list, 2),
  }),
  ...token('signer-named-by-md5', 'hash 1.2.840.113549.2.5 is not accepted', 'the certificate named by MD5', {
    attributes: (list) =>
      at(
        list,
        2,
        attribute(
          ATTRIBUTE.signingCertificateV2,
          encodeSequence(
            encodeSequence(
              encodeSequence(
                algorithm('1.2.840.113549.2.5'),
                encodeOctetString(digest('md5', VECTORS.tsa.certificate)),
              ),
            ),
          ),
        ),
      ),
  }),
  ...token('version-2', 'not version 1', 'a TSTInfo of another version', {
    info: (info) => ({ ...info, version: encodeInteger(2) }),
  }),
  ...token(
    'sha1-imprint',
    `hash ${HASH_OID.sha1} is not accepted`,
    'an imprint by SHA-1, of which two signatures may share one',
    {
      info: (info) => ({ ...info, imprint: encodeImprint(algorithmWithNull(HASH_OID.sha1), new Uint8Array(20)) }),
    },
  ),
  ...token('imprint-parameters', 'algorithm parameters', 'parameters that nobody reads', {
    info: (info) => ({
      ...info,
      imprint: encodeImprint(encodeSequence(encodeOid(HASH_OID.sha256), encodeSequence()), new Uint8Array(32)),
    }),
  }),
  ...token(
    'critical-extension',
    'unknown critical extension',
    'a critical extension that may say it means something else',
    { info: (info) => ({ ...info, tail: [infoExtension(encodeBoolean(true))] }) },
  ),
  ...token('huge', 'too large', 'a token of over 64 KiB', {
    cms: inSigner((signer) => ({
      ...signer,
      unsigned: [attribute('1.2.3.4', encodeOctetString(new Uint8Array(66_000)))],
    })),
  }),
  ...stamp('time-with-zone', 'GeneralizedTime: not DER', 'BER instead of DER: a time with a zone', {
    info: (info) => ({ ...info, time: timeText('20260601120000+0200') }),
  }),
  ...stamp('time-with-zeros', 'GeneralizedTime: not DER', 'BER instead of DER: a fraction that ends in zeros', {
    info: (info) => ({ ...info, time: timeText('20260601120000.100Z') }),
  }),
  ...stamp('no-such-time', 'time: no such moment', 'the twenty-fifth hour', {
    info: (info) => ({ ...info, time: timeText('20260601250000Z') }),
  }),
  ...stamp('trailing-bytes', 'DER: trailing bytes', 'an element behind the fields of the TSTInfo', {
    info: (info) => ({ ...info, tail: [encodeElement(0x0c)] }),
  }),
  ...stamp('ordering-not-der', 'BOOLEAN: not DER', 'BER instead of DER: a truth value of 1', {
    info: (info) => ({ ...info, tail: [raw('010101')] }),
  }),
  ...stamp('not-signed-data', 'CMS: not SignedData', 'another kind of CMS', {
    cms: (cms) => ({ ...cms, contentInfo: encodeOid('1.2.840.113549.1.7.3') }),
  }),
  ...stamp('response', 'DER: expected tag 0x06, found 0x30', 'a whole response in place of the bare token', {
    token: (der) => encodeSequence(encodeSequence(encodeInteger(0)), der),
  }),
]

function infoExtension(...critical: readonly Uint8Array[]): Uint8Array {
  return encodeElement(
    contextTag(1),
    encodeSequence(encodeOid('1.2.3.4'), ...critical, encodeOctetString(new Uint8Array())),
  )
}

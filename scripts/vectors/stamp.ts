// Vectors of the `time` check about RFC 3161 timestamps: one of a listed authority that fails is an attack.
import { contextTag } from '../../src/asn1/read.ts'
import {
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/write.ts'
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { added, caConstraint, exchange, extension, keyUsage, OID, purposes } from '../forge/certificate.ts'
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
import { makeStamper, STRANGERS, VECTORS } from '../forge/instance.ts'
import { curveKey, digest } from '../forge/key.ts'
import { forgeLeaf } from '../forge/recipe.ts'
import { certificateId, encodeImprint, type StampRecipe, timeText } from '../forge/stamp.ts'
import { at, flipped, inSigner, raw, without } from './edit.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

const stamp = (
  name: string,
  reason: string,
  says: string,
  recipe: StampRecipe,
  making: Making = {},
): readonly Vector[] => bad('time', `stamp-${name}`, reason, says, { log: 'v2', stamp: recipe, ...making })

const UNLISTED = 'the timestamp is by an authority that is not in the trusted root'
const OTHER = 'the timestamp is of another signature'

const TOKEN: readonly Vector[] = [
  ...stamp(
    'over-other-bytes',
    OTHER,
    'a true timestamp of another signature lends it its time',
    { over: encodeUtf8('another signature') },
    { kinds: ALL_KINDS },
  ),
  ...stamp('over-payload-digest', OTHER, 'a timestamp of the certificate and not of the signature', {
    over: forgeLeaf({}),
  }),
  ...bad(
    'time',
    'stamp-over-other-bytes-beside-v1',
    OTHER,
    'a false timestamp of a listed authority beside a good entry of v1',
    {
      stamp: { over: encodeUtf8('another signature') },
    },
  ),
  ...stamp(
    'untrusted-with-certificate',
    `${UNLISTED}; the log entry has no signed entry timestamp`,
    'an authority that nobody lists, its certificates in the token',
    { stamper: STRANGERS.tsa },
    { kinds: ALL_KINDS },
  ),
  ...stamp(
    'untrusted-without-certificate',
    `${UNLISTED}; the log entry has no signed entry timestamp`,
    'an authority that nobody lists, without its certificates',
    { stamper: STRANGERS.tsa, withoutCertificate: true },
  ),
  ...stamp(
    'certificate-nowhere',
    `${UNLISTED}; the log entry has no signed entry timestamp`,
    "neither token nor root has the signer's certificate",
    { withoutCertificate: true },
    { root: 'tsa-root-alone' },
  ),
  ...stamp(
    'content-changed',
    "the timestamp's content was changed",
    'the time was changed after the authority signed it',
    { content: (info) => swapped(info, '20260601120000Z', '20260601120100Z') },
  ),
  ...stamp(
    'by-another-key',
    "the timestamp's signature does not verify",
    "another key signed under the authority's certificate",
    { key: curveKey('mallory') },
  ),
  ...stamp('bit-flipped', "the timestamp's signature does not verify", 'one bit turned', {
    cms: inSigner((signer) => ({ ...signer, signature: flipped(signer.signature, -1) })),
  }),
  ...stamp('unknown-algorithm', "the timestamp's signature does not verify", 'a signature by SHA-1', {
    cms: inSigner((signer) => ({ ...signer, signatureAlgorithm: algorithm('1.2.840.10045.4.1') })),
  }),
  ...stamp(
    'names-another-certificate',
    'the timestamp names another certificate as its signer',
    'the ESS attribute names another certificate',
    { named: STRANGERS.tsa.certificate },
  ),
  ...stamp(
    'names-another-certificate-sha1',
    'the timestamp names another certificate as its signer',
    'the old ESS attribute names another certificate',
    {
      attributes: (list) =>
        at(list, 2, attribute(ATTRIBUTE.signingCertificate, certificateId(STRANGERS.tsa.certificate, 'sha1'))),
    },
  ),
]

const token = (name: string, reason: string, says: string, recipe: StampRecipe): readonly Vector[] =>
  stamp(name, `timestamp token: ${reason}`, says, recipe)
const swapContent =
  (type: Uint8Array) =>
  (cms: CmsDraft): CmsDraft => ({
    ...cms,
    content: encodeSequence(type, ...[cms.content.subarray(cms.content.indexOf(0xa0, 4))]),
  })

const FORMAT: readonly Vector[] = [
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

const signer = (
  name: string,
  reason: string,
  says: string,
  change: Parameters<typeof makeStamper>[3],
): readonly Vector[] =>
  stamp(`signer-${name}`, `timestamp authority: ${reason}`, says, {
    stamper: makeStamper('vectors.example (test vectors)', 'another tsa', VECTORS.tsaRoot, change),
  })

const SIGNER: readonly Vector[] = [
  ...signer(
    'for-code',
    'the signing certificate is not for timeStamping',
    "a certificate for code signing by the authority's root",
    exchange(OID.extKeyUsage, purposes(true, OID.codeSigning)),
  ),
  ...signer(
    'without-purpose',
    'the signing certificate is not for timeStamping',
    'a certificate for no purpose',
    exchange(OID.extKeyUsage),
  ),
  ...signer(
    'purpose-not-critical',
    'the timestamping purpose is not critical and alone',
    'the purpose is not critical',
    exchange(OID.extKeyUsage, purposes(false, OID.timeStamping)),
  ),
  ...signer(
    'purpose-not-alone',
    'the timestamping purpose is not critical and alone',
    'a key that also signs code',
    exchange(OID.extKeyUsage, purposes(true, OID.timeStamping, OID.codeSigning)),
  ),
  ...signer('is-ca', 'the signing certificate is a CA', 'a CA that stamps', added(caConstraint())),
  ...signer(
    'for-agreement',
    'the signing certificate is not for signatures',
    'a key for agreement',
    exchange(OID.keyUsage, keyUsage(3, 0x08)),
  ),
  ...signer(
    'unknown-critical',
    'unknown critical extension 1.2.3.4',
    'a critical extension that nobody knows',
    added(extension('1.2.3.4', true, encodeNull())),
  ),
  ...stamp(
    'signer-by-other-ca',
    'timestamp authority: not issued by an authority of the trusted root',
    'a certificate that another key signed under the name of the root',
    {
      stamper: makeStamper('vectors.example (test vectors)', 'another tsa', {
        ...VECTORS.tsaRoot,
        key: STRANGERS.tsaRoot.key,
      }),
    },
  ),
  ...stamp(
    'listed-not-critical',
    'the timestamp names another certificate as its signer',
    "the root's own certificate of the authority is another one",
    {},
    { root: 'tsa-not-critical' },
  ),
]

export const STAMPS: readonly Vector[] = [...TOKEN, ...FORMAT, ...SIGNER]

function infoExtension(...critical: readonly Uint8Array[]): Uint8Array {
  return encodeElement(
    contextTag(1),
    encodeSequence(encodeOid('1.2.3.4'), ...critical, encodeOctetString(new Uint8Array())),
  )
}

function swapped(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(from)
  return concatBytes(bytes.subarray(0, at), encodeUtf8(to), bytes.subarray(at + to.length))
}

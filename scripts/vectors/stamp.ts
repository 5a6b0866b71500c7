import { encodeNull } from '../../src/asn1/write.ts'
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { added, caConstraint, exchange, extension, keyUsage, OID, purposes } from '../forge/certificate.ts'
import { ATTRIBUTE, algorithm, attribute } from '../forge/cms.ts'
import { makeStamper, STRANGERS, VECTORS } from '../forge/instance.ts'
import { curveKey } from '../forge/key.ts'
import { forgeLeaf } from '../forge/recipe.ts'
import { certificateId, type StampRecipe } from '../forge/stamp.ts'
import { at, flipped, inSigner } from './edit.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

export const stamp = (
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

export const token = (name: string, reason: string, says: string, recipe: StampRecipe): readonly Vector[] =>
  stamp(name, `timestamp token: ${reason}`, says, recipe)

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

function swapped(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(from)
  return concatBytes(bytes.subarray(0, at), encodeUtf8(to), bytes.subarray(at + to.length))
}

export const STAMPS: readonly Vector[] = [...TOKEN, ...SIGNER]

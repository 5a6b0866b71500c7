// Vectors about SignedData, its signers and its certificates (RFC 5652 5.1).
import { contextTag } from '../../src/asn1/read.ts'
import { encodeElement, encodeNull, encodeOctetString, encodeSequence } from '../../src/asn1/write.ts'
import { algorithm, DATA, HASH_OID, TST_INFO, VERSION_3 } from '../forge/cms.ts'
import { VECTORS } from '../forge/instance.ts'
import { curveKey, digest } from '../forge/key.ts'
import { commitPayload } from '../forge/object.ts'
import { forgeLeaf } from '../forge/recipe.ts'
import { inSigner } from './edit.ts'
import { format } from './encoding.ts'
import { ALL_KINDS, type Vector } from './vector.ts'

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

export const SIGNED_DATAS: readonly Vector[] = [...SIGNERS, ...CERTIFICATES]

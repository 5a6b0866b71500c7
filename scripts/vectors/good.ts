// Vectors that must be accepted: each shows something that a verifier might wrongly refuse.
import { encodeUtf8String } from '../../src/asn1/write.ts'
import { compareBytes, concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { encodeNote } from '../../src/rekor/checkpoint.ts'
import { altNames, exchange, generalName, OID, userName } from '../forge/certificate.ts'
import { ATTRIBUTE, algorithm, algorithmWithNull, attribute, HASH_OID } from '../forge/cms.ts'
import { IDENTITY, MINUTE, SIGNED_AT, STRANGERS, VECTORS } from '../forge/instance.ts'
import { curveKey, ed25519Key } from '../forge/key.ts'
import { makeLog } from '../forge/log.ts'
import { commitPayload, folded, ID_SHA256, joinObject, tagPayload } from '../forge/object.ts'
import { CONTENT_TYPE, forgeLeaf, forgeSignature } from '../forge/recipe.ts'
import { rsaKey } from '../forge/rsa.ts'
import { SCT_EXTENSION } from '../forge/sct.ts'
import { certificateId, generalizedTime } from '../forge/stamp.ts'
import { ALL_KINDS, type Expectation, good, type Vector } from './vector.ts'

const ACCEPTED: Expectation = { verdict: 'accepted', ...IDENTITY }
const digestOnly = (list: readonly Uint8Array[]): readonly Uint8Array[] => list.slice(-1)

const KINDS: readonly Vector[] = [
  ...good('v1', 'entry of Rekor v1 with signed entry timestamp and inclusion proof', { kinds: ALL_KINDS }),
  ...good('v2', 'entry of Rekor v2, the time from a timestamp authority', { kinds: ALL_KINDS, log: 'v2' }),
  ...good('v1-stamped', 'entry of Rekor v1 and a timestamp beside it', { kinds: ALL_KINDS, stamp: {} }),
  ...good('sha256-repository', 'gpgsig-sha256 in a repository of SHA-256 ids', {
    sha256: true,
    payload: commitPayload(undefined, '', ID_SHA256),
  }),
]

const OBJECTS: readonly Vector[] = [
  ...good('no-last-newline', 'a message without a last newline: the payload is bytes, not lines', {
    payload: commitPayload('no newline at the end'),
  }),
  ...good('carriage-returns', 'CR, NUL and bytes that are not UTF-8 stay as they are', {
    payload: concatBytes(commitPayload('a\r\nb\0c\n'), Uint8Array.of(0xff, 0xfe, 10)),
  }),
  ...good('long-line', 'a line of 70,000 bytes', { payload: commitPayload(`${'x'.repeat(70_000)}\n`) }),
  ...good('other-headers', 'encoding and made-up headers are signed like all others', {
    payload: commitPayload(undefined, 'encoding ISO-8859-1\nx-origin a\n b\n'),
  }),
  ...good('armor-without-last-newline', "Git drops a tag's last newline in some forms", {
    kinds: ['tag'],
    armor: (text) => text.subarray(0, -1),
  }),
  ...good('block-in-message', 'an earlier signature block in a tag is payload', {
    kinds: ['tag'],
    payload: tagPayload('-----BEGIN SIGNED MESSAGE-----\nnot one\n-----END SIGNED MESSAGE-----\n'),
  }),
  ...good('merge-of-signed-tag', 'a merge carries a good signed tag', {
    payload: commitPayload(
      'Merge tag v1.0\n',
      folded('mergetag', joinObject('tag', tagPayload(), forgeSignature(tagPayload()))),
    ),
    mergeTags: [ACCEPTED],
  }),
]

const KEYS: readonly Vector[] = [
  ...good('p384-sha256', 'P-384 with SHA-256', { key: curveKey('leaf', 'P-384'), signatureHash: 'sha256' }),
  ...good('p384-sha384', 'P-384 with SHA-384', { key: curveKey('leaf', 'P-384') }),
  ...good('p384-v1-own-hash', 'the entry of a P-384 signature may hold its SHA-384', {
    key: curveKey('leaf', 'P-384'),
    bodyHash: 'sha384',
  }),
  ...good('p384-v2', 'Rekor v2 logs the SHA-384 of what a P-384 key signed', {
    key: curveKey('leaf', 'P-384'),
    log: 'v2',
  }),
  ...good('p521-sha256', 'P-521 with SHA-256', { key: curveKey('leaf', 'P-521'), signatureHash: 'sha256' }),
  ...good('p521-sha512', 'P-521 with SHA-512', { key: curveKey('leaf', 'P-521') }),
  ...good('p521-v2', 'Rekor v2 logs the SHA-512 of what a P-521 key signed', {
    key: curveKey('leaf', 'P-521'),
    log: 'v2',
  }),
  ...[2048, 3072, 4096].flatMap((bits) =>
    good(`rsa-${bits}`, `RSA of ${bits} bits`, { key: rsaKey('leaf', bits), log: 'v2' }),
  ),
  ...good('rsa-odd-length', 'RSA of 2056 bits, which Rekor v1 takes', { key: rsaKey('leaf', 2056) }),
  ...good('rsa-encryption', 'rsaEncryption with its NULL as the signature algorithm', {
    key: rsaKey('leaf', 2048),
    signatureAlgorithm: algorithmWithNull('1.2.840.113549.1.1.1'),
  }),
  ...good('digest-with-null', 'SHA-256 with a NULL, as RFC 5754 lets some write it', {
    digestAlgorithm: algorithmWithNull(HASH_OID.sha256),
  }),
]

const SHAPES: readonly Vector[] = [
  ...good('with-intermediate', "the signature brings the CA's certificate, before the leaf", {
    cms: (cms) => ({ ...cms, certificates: [VECTORS.intermediate.certificate, ...cms.certificates] }),
  }),
  ...good('decoy-first', "another leaf stands first: the signer's is found by issuer and serial (gitsign#810)", {
    cms: (cms) => ({
      ...cms,
      certificates: [forgeLeaf({ key: curveKey('mallory', 'P-384') }), ...cms.certificates],
    }),
  }),
  ...good('no-signing-time', 'signingTime proves nothing and may be absent', {
    attributes: (list) => [CONTENT_TYPE, ...digestOnly(list)],
  }),
  ...good('further-attribute', 'a signed attribute that nobody here knows', {
    attributes: (list) => [...list, attribute('1.2.840.113549.1.9.99', algorithm('1.2.3.4'))].sort(compareBytes),
  }),
  ...good('stranger-stamp', 'the timestamp of an authority outside the root is ignored beside a proven time', {
    stamp: { stamper: STRANGERS.tsa },
  }),
  ...good('stamp-without-certificate', "the authority's certificate is found in the root by issuer and serial", {
    log: 'v2',
    stamp: { withoutCertificate: true },
  }),
  ...good('stamp-certificate-inside', "the root lists the authority's root alone, the token brings the rest", {
    log: 'v2',
    root: 'tsa-root-alone',
    stamp: {},
  }),
  ...good('stamp-named-by-sha1', "the old ESS attribute names the authority's certificate", {
    log: 'v2',
    stamp: {
      attributes: (list) => [
        ...list.slice(0, 2),
        attribute(ATTRIBUTE.signingCertificate, certificateId(VECTORS.tsa.certificate, 'sha1')),
      ],
    },
  }),
  ...good('stamp-with-fraction', 'genTime with a fraction of a second', {
    log: 'v2',
    stamp: { info: (info) => ({ ...info, time: generalizedTime(SIGNED_AT + 120) }) },
  }),
]

const EVIDENCE: readonly Vector[] = [
  ...good('v2-stamped-as-0.0.1', 'gitsign 0.17 embeds v2 entries as version 0.0.1 with an empty promise', {
    log: 'v2',
    entry: (entry) => ({ ...entry, version: '0.0.1' }),
    entryBytes: (bytes) => concatBytes(bytes, Uint8Array.of(0x2a, 0x00)),
  }),
  ...good('several-shards', 'the root lists retired logs beside the one that is used (kubewarden#1301)', {
    root: 'several-shards',
  }),
  ...good('two-instances', 'the root lists another CA before the one that issued', { root: 'two-instances' }),
  ...good('root-alone', 'the signature brings the intermediate between leaf and root', {
    root: 'root-alone',
    cms: (cms) => ({ ...cms, certificates: [...cms.certificates, VECTORS.intermediate.certificate] }),
  }),
  ...good('cosigned-checkpoint', 'witnesses signed the checkpoint too', {
    log: 'v2',
    entry: (entry, { log }) => {
      if (entry.proof === undefined) return entry
      const body = entry.proof.checkpoint.slice(0, entry.proof.checkpoint.indexOf('\n\n') + 1)
      const witness = {
        name: 'witness.example',
        hint: Uint8Array.of(1, 2, 3, 4),
        signature: ed25519Key('witness').sign(encodeUtf8(body)),
      }
      return { ...entry, proof: { ...entry.proof, checkpoint: encodeNote(body, [witness, log.signNote(body)]) } }
    },
  }),
  ...good('checkpoint-two-keys', 'a second key of the log, which the root does not list, signed the checkpoint too', {
    log: 'v2',
    entry: (entry, { log }) => {
      if (entry.proof === undefined) return entry
      const body = entry.proof.checkpoint.slice(0, entry.proof.checkpoint.indexOf('\n\n') + 1)
      const other = makeLog('0.0.2', log.host, ed25519Key('next rekor2')).signNote(body)
      return { ...entry, proof: { ...entry.proof, checkpoint: encodeNote(body, [other, log.signNote(body)]) } }
    },
  }),
  ...good('checkpoint-extension', 'a further line in the checkpoint, as old Rekor writes', {
    entry: (entry, { log }) => {
      if (entry.proof === undefined) return entry
      const { treeSize: size, rootHash } = entry.proof
      return {
        ...entry,
        proof: { ...entry.proof, checkpoint: log.note({ size, rootHash, extensions: ['Timestamp: 1'] }) },
      }
    },
  }),
  ...good('canonical-body', 'the entry brings its body, which is the right one', {
    entry: (entry, { body }) => ({ ...entry, canonicalizedBody: body }),
  }),
  ...good('sct-extensions', "a timestamp of certificate transparency with an extension's bytes", {
    scts: (make) => [make({ extensions: SCT_EXTENSION })],
  }),
  ...good('sct-by-root', 'the precertificate may name any certificate of the chain', {
    scts: (make) => [make({ issuer: VECTORS.root.key.spki })],
  }),
  ...good('sct-second', 'one timestamp of a log nobody lists, one of a listed log', {
    scts: (make) => [make({ log: STRANGERS.ct }), make()],
  }),
  ...good('sct-ignored', 'a leaf without a timestamp, where the caller asks to ignore that', {
    scts: () => [],
    ignoreSct: true,
  }),
  ...good('clock-skew', "the proven time may lie five minutes ahead of the verifier's clock", {
    now: SIGNED_AT - 5 * MINUTE,
  }),
]

const IDENTITIES: readonly Vector[] = [
  ...good(
    'uri-identity',
    'a workload, named by a URI',
    { leaf: exchange(OID.subjectAltName, altNames(generalName(6, 'https://ci.example.com/hello@refs/heads/main'))) },
    { subject: 'https://ci.example.com/hello@refs/heads/main', issuer: IDENTITY.issuer },
  ),
  ...good(
    'user-name-identity',
    "a user name, in Fulcio's own kind of name",
    { leaf: exchange(OID.subjectAltName, altNames(userName(encodeUtf8String('alice!example.com')))) },
    { subject: 'alice!example.com', issuer: IDENTITY.issuer },
  ),
  ...good('old-issuer', 'the OIDC issuer in the old extension alone', { leaf: exchange(OID.fulcioIssuerV2) }),
  ...good('new-issuer', 'the OIDC issuer in the new extension alone', { leaf: exchange(OID.fulcioIssuer) }),
  ...good(
    'identity-with-newline',
    'a name that would write a status line of its own: accepted, and to be escaped wherever it is shown',
    { leaf: exchange(OID.subjectAltName, altNames(generalName(1, 'a@example.com\n[GNUPG:] TRUST_ULTIMATE 0 shell'))) },
    { subject: 'a@example.com\n[GNUPG:] TRUST_ULTIMATE 0 shell', issuer: IDENTITY.issuer },
  ),
]

export const GOOD: readonly Vector[] = [...KINDS, ...OBJECTS, ...KEYS, ...SHAPES, ...EVIDENCE, ...IDENTITIES]

// Vectors of the `chain` check: who issued the certificate, what it is for, and whom it names.
import { contextTag } from '../../src/asn1/read.ts'
import {
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSequence,
  encodeUtf8String,
} from '../../src/asn1/write.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import {
  added,
  altNames,
  type CertificateDraft,
  type Change,
  caConstraint,
  certificateAlgorithm,
  exchange,
  extension,
  generalName,
  type Issuer,
  keyUsage,
  OID,
  purposes,
  userName,
} from '../forge/certificate.ts'
import { algorithm } from '../forge/cms.ts'
import { ISSUER_BYTES, makeIntermediate, makeRoot, SECOND, SIGNED_AT, STRANGERS, VECTORS } from '../forge/instance.ts'
import { curveKey } from '../forge/key.ts'
import { replaced } from '../forge/object.ts'
import { forgeLeaf } from '../forge/recipe.ts'
import { raw } from './edit.ts'
import { utcTime } from './roots.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

const chain = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('chain', name, reason, says, making)
const leaf = (name: string, reason: string, says: string, change: Change<CertificateDraft>): readonly Vector[] =>
  chain(name, reason, says, { leaf: change })

const STRANGER = 'not issued by an authority of the trusted root'
const ORGANISATION = 'vectors.example (test vectors)'

const ISSUER: readonly Vector[] = [
  ...chain('second-instance', STRANGER, "an identity from a second instance's CA, which could name anybody", {
    kinds: ALL_KINDS,
    issuer: STRANGERS.intermediate,
  }),
  ...chain('second-instance-v2', STRANGER, "an identity from a second instance's CA, with a timestamp", {
    log: 'v2',
    issuer: STRANGERS.intermediate,
  }),
  ...chain('second-instance-with-chain', STRANGER, "an identity from a second instance's CA, which comes along", {
    issuer: STRANGERS.intermediate,
    cms: (cms) => ({ ...cms, certificates: [...cms.certificates, STRANGERS.intermediate.certificate] }),
  }),
  ...chain('same-name', STRANGER, 'a CA under the name of the listed one, with another key', {
    kinds: ALL_KINDS,
    issuer: { ...VECTORS.intermediate, key: STRANGERS.intermediate.key },
  }),
  ...chain('self-signed', STRANGER, 'a leaf that signed itself', {
    issuer: { name: VECTORS.intermediate.name, key: curveKey('leaf'), certificate: new Uint8Array() },
  }),
  ...chain('altered-identity', STRANGER, 'the name in the certificate was exchanged after the CA signed it', {
    kinds: ALL_KINDS,
    certificate: (bytes) => replaced(bytes, 'alice@example.com', 'mally@example.com'),
  }),
  ...chain('sha1', STRANGER, "the CA's signature is named as one by SHA-1", {
    leaf: (draft) => ({ ...draft, algorithm: algorithm('1.2.840.10045.4.1') }),
  }),
  ...chain('other-hash', STRANGER, "the CA's signature is by another hash than it says", {
    leaf: (draft) => ({ ...draft, algorithm: certificateAlgorithm(VECTORS.ct) }),
  }),
  ...chain(
    'root-embedded',
    'a root stands in the signature',
    'the root stands in the signature and invites someone to trust it',
    {
      kinds: ALL_KINDS,
      cms: (cms) => ({ ...cms, certificates: [...cms.certificates, VECTORS.root.certificate] }),
    },
  ),
  ...chain('stranger-root-embedded', 'a root stands in the signature', "a second instance's whole chain comes along", {
    issuer: STRANGERS.intermediate,
    cms: (cms) => ({
      ...cms,
      certificates: [...cms.certificates, STRANGERS.intermediate.certificate, STRANGERS.root.certificate],
    }),
  }),
  ...chain('no-authority', 'the trusted root lists no certificate authority', 'a root that trusts nobody', {
    root: 'no-authority',
  }),
  ...chain('disjoint-authority', STRANGER, "the root's chain is a list of strangers", { root: 'disjoint-chain' }),
]

/** The leaf issued by an intermediate that the signature brings, below a root that is listed alone. */
function through(intermediate: Issuer, ...others: readonly Issuer[]): Making {
  const more = [intermediate, ...others].map(({ certificate }) => certificate)
  return {
    root: 'root-alone',
    from: 'good-root-alone',
    issuer: intermediate,
    cms: (cms) => ({ ...cms, certificates: [...cms.certificates, ...more] }),
  }
}
const changed = (change: Change<CertificateDraft>): Making =>
  through(makeIntermediate(ORGANISATION, 'fulcio-intermediate', VECTORS.root, change))
const basic = (...content: readonly Uint8Array[]) =>
  exchange(OID.basicConstraints, extension(OID.basicConstraints, true, encodeSequence(...content)))
const NO_CA = 'a certificate of the chain is no CA'

const AUTHORITY: readonly Vector[] = [
  ...chain('issued-by-leaf', NO_CA, 'a leaf issued a leaf in the name of somebody else', throughLeaf()),
  ...chain('intermediate-missing', STRANGER, 'the certificate between leaf and root is missing', {
    root: 'root-alone',
    from: 'good-root-alone',
  }),
  ...chain(
    'intermediate-no-constraints',
    NO_CA,
    'an intermediate without basic constraints',
    changed(exchange(OID.basicConstraints)),
  ),
  ...chain('intermediate-no-ca', NO_CA, 'an intermediate that says it is no CA', changed(basic())),
  ...chain(
    'intermediate-ca-false',
    'basicConstraints: cA is written as false',
    'BER instead of DER: a default that is written',
    changed(basic(encodeBoolean(false))),
  ),
  ...chain(
    'intermediate-length-without-ca',
    'basicConstraints: a path length without a CA',
    'a path length of what is no CA',
    changed(basic(encodeInteger(0))),
  ),
  ...chain(
    'intermediate-may-not-issue',
    'a CA of the chain may not sign certificates',
    'a CA for revocation lists alone',
    changed(exchange(OID.keyUsage, keyUsage(1, 0x02))),
  ),
  ...chain(
    'intermediate-for-tls',
    'a CA of the chain may not issue for codeSigning',
    'a CA for TLS servers',
    changed(exchange(OID.extKeyUsage, purposes(false, OID.serverAuth))),
  ),
  ...chain(
    'intermediate-unknown-critical',
    'unknown critical extension 2.5.29.30',
    'a CA whose name constraints nobody reads',
    changed(added(extension('2.5.29.30', true, encodeSequence()))),
  ),
  ...chain(
    'intermediate-usage-padded',
    'BIT STRING: not DER',
    'BER instead of DER: a key usage with bits that are not',
    changed(exchange(OID.keyUsage, keyUsage(0, 0x06, 0x00))),
  ),
  ...chain(
    'intermediate-expired',
    STRANGER,
    'a CA that ended a second before',
    changed((draft) => ({ ...draft, notAfter: utcTime(SIGNED_AT - SECOND) })),
  ),
  ...chain(
    'chain-too-long',
    'the chain is longer than a CA allows',
    'a CA made by one that may only issue leaves',
    tooLong(),
  ),
  ...chain('issuers-in-circles', STRANGER, 'two CAs that issued each other', inCircles()),
]

const USE: readonly Vector[] = [
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

const names = (name: string, reason: string, says: string, ...list: readonly Uint8Array[]): readonly Vector[] =>
  leaf(name, reason, says, exchange(OID.subjectAltName, altNames(...list)))
const ALICE = generalName(1, 'alice@example.com')
const text = (bytes: Uint8Array): Uint8Array => extension(OID.fulcioIssuerV2, false, bytes)

const IDENTITY: readonly Vector[] = [
  ...leaf(
    'no-name',
    'identity: no subject alternative name',
    'a certificate that names nobody',
    exchange(OID.subjectAltName),
  ),
  ...names(
    'two-names',
    'identity: more than one subject alternative name',
    'two names: one is compared and the other shown',
    ALICE,
    generalName(1, 'mallory@example.com'),
  ),
  ...names('no-name-in-list', 'DER: truncated', 'an empty list of names'),
  ...names(
    'host-name',
    'identity: not an email address, URI or user name',
    "a host's name",
    generalName(2, 'alice.example.com'),
  ),
  ...names(
    'name-not-ascii',
    'identity: not ASCII',
    'an address whose letters look like others',
    generalName(1, 'alic\u0435@example.com'),
  ),
  ...names('empty-name', 'identity: empty or too long a name', 'an empty address', generalName(1, '')),
  ...names(
    'huge-name',
    'identity: empty or too long a name',
    'an address of 5,000 letters',
    generalName(1, `${'a'.repeat(5000)}@example.com`),
  ),
  ...names(
    'other-kind-of-name',
    'identity: unknown kind of other name',
    "a name of somebody else's kind",
    userName(encodeUtf8String('alice'), '1.3.6.1.4.1.311.20.2.3'),
  ),
  ...names(
    'user-name-not-utf8',
    'UTF8String: not UTF-8',
    'a user name that is not text',
    userName(encodeElement(0x0c, raw('ff'))),
  ),
  ...names(
    'user-name-trailing',
    'DER: trailing bytes',
    'a second value behind the user name',
    encodeElement(
      contextTag(0),
      encodeOid('1.3.6.1.4.1.57264.1.7'),
      encodeElement(contextTag(0), encodeUtf8String('alice'), encodeNull()),
    ),
  ),
  ...leaf('no-issuer', 'identity: no OIDC issuer', 'nobody says who vouched for the name', (draft) =>
    exchange(OID.fulcioIssuer)(exchange(OID.fulcioIssuerV2)(draft)),
  ),
  ...leaf(
    'two-issuers',
    'identity: two OIDC issuers',
    'two issuers: one verifier reads the old extension, another the new',
    exchange(OID.fulcioIssuer, extension(OID.fulcioIssuer, false, encodeUtf8('https://accounts.google.com'))),
  ),
  ...leaf(
    'issuer-not-utf8',
    'extension: not UTF-8',
    'an issuer that is not text',
    exchange(OID.fulcioIssuer, extension(OID.fulcioIssuer, false, raw('ff'))),
  ),
  ...leaf(
    'issuer-bare',
    'DER: expected tag 0x0c, found 0x68',
    'the new extension without its UTF8String',
    exchange(OID.fulcioIssuerV2, text(ISSUER_BYTES)),
  ),
  ...leaf(
    'issuer-trailing',
    'DER: trailing bytes',
    'bytes behind the issuer',
    exchange(
      OID.fulcioIssuerV2,
      text(Buffer.concat([encodeUtf8String('https://accounts.example.com'), Uint8Array.of(0)])),
    ),
  ),
  ...leaf(
    'huge-claim',
    'identity: an extension is too long',
    'a claim of 5,000 letters',
    added(extension('1.3.6.1.4.1.57264.1.9', false, encodeUtf8String('x'.repeat(5000)))),
  ),
]

export const CHAINS: readonly Vector[] = [...ISSUER, ...AUTHORITY, ...USE, ...IDENTITY]

/** Alice's leaf as a CA: its key issues a leaf under her certificate's (empty) name. */
function throughLeaf(): Making {
  const key = curveKey('mallory', 'P-384')
  const name = encodeSequence(encodeElement(0x31, encodeSequence(encodeOid('2.5.4.3'), encodeUtf8String('mallory'))))
  const certificate = forgeLeaf({ key, leaf: (draft) => ({ ...draft, subject: name }) })
  const issuer: Issuer = { name, key, certificate }
  return {
    from: 'good-with-intermediate',
    issuer,
    cms: (cms) => ({ ...cms, certificates: [...cms.certificates, certificate] }),
  }
}

function tooLong(): Making {
  const upper = makeIntermediate(ORGANISATION, 'fulcio-intermediate', VECTORS.root)
  return through(makeIntermediate(ORGANISATION, 'fulcio-lower', upper), upper)
}

function inCircles(): Making {
  const one = makeIntermediate(ORGANISATION, 'circle-1', makeRoot(ORGANISATION, 'circle-2', 'P-384'))
  const two = makeIntermediate(ORGANISATION, 'circle-2', makeRoot(ORGANISATION, 'circle-1', 'P-384'))
  return through(one, two)
}

/** A leaf that lives at another time, from the usual moment. */
export function leafWindow(start: number, end: number): Change<CertificateDraft> {
  return (draft) => ({ ...draft, notBefore: utcTime(start), notAfter: utcTime(end) })
}

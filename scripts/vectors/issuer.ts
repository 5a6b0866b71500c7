import {
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeOid,
  encodeSequence,
  encodeUtf8String,
} from '../../src/asn1/write.ts'
import {
  added,
  type CertificateDraft,
  type Change,
  certificateAlgorithm,
  exchange,
  extension,
  type Issuer,
  keyUsage,
  OID,
  purposes,
} from '../forge/certificate.ts'
import { algorithm } from '../forge/cms.ts'
import { makeIntermediate, makeRoot, SECOND, SIGNED_AT, STRANGERS, VECTORS } from '../forge/instance.ts'
import { curveKey } from '../forge/key.ts'
import { replaced } from '../forge/object.ts'
import { forgeLeaf } from '../forge/recipe.ts'
import { utcTime } from './roots.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

export const chain = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('chain', name, reason, says, making)

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

export const ISSUERS: readonly Vector[] = [...ISSUER, ...AUTHORITY]

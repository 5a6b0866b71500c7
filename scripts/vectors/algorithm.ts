// Vectors about the table of accepted keys, digests and signature algorithms.
import { encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { algorithm, algorithmWithNull, HASH_OID } from '../forge/cms.ts'
import { curveKey } from '../forge/key.ts'
import { RSA_2048, SHA256 } from './key.ts'
import { bad, type Making, type Vector } from './vector.ts'

const P256 = '1.2.840.10045.4.3.2'

const P384 = '1.2.840.10045.4.3.3'

const P521 = '1.2.840.10045.4.3.4'

const P384_LEAF = curveKey('leaf', 'P-384')

const triple = (
  name: string,
  kind: string,
  digestOid: string,
  signatureOid: string,
  making: Making,
): readonly Vector[] =>
  bad(
    'format',
    `algorithm-${name}`,
    `signature: ${kind} with ${digestOid} and ${signatureOid} is not an accepted combination`,
    'a combination of key, digest and signature algorithm that is not in the table',
    making,
  )

export const ALGORITHMS: readonly Vector[] = [
  ...triple('sha1-digest', 'P-256', HASH_OID.sha1, P256, { digestAlgorithm: algorithm(HASH_OID.sha1) }),
  ...triple('sha384-digest', 'P-256', HASH_OID.sha384, P256, { digestAlgorithm: algorithm(HASH_OID.sha384) }),
  ...triple('sha512-digest', 'P-256', HASH_OID.sha512, P256, { digestAlgorithm: algorithm(HASH_OID.sha512) }),
  ...triple('ecdsa-sha1', 'P-256', SHA256, '1.2.840.10045.4.1', { signatureAlgorithm: algorithm('1.2.840.10045.4.1') }),
  ...triple('p256-sha384', 'P-256', SHA256, P384, { signatureHash: 'sha384' }),
  ...triple('p256-sha512', 'P-256', SHA256, P521, { signatureHash: 'sha512' }),
  ...triple('p384-sha512', 'P-384', SHA256, P521, { key: P384_LEAF, signatureHash: 'sha512' }),
  ...triple('p521-sha384', 'P-521', SHA256, P384, { key: curveKey('leaf', 'P-521'), signatureHash: 'sha384' }),
  ...triple('ec-public-key', 'P-256', SHA256, '1.2.840.10045.2.1', {
    signatureAlgorithm: algorithm('1.2.840.10045.2.1'),
  }),
  ...triple('rsa-sha1', 'RSA', SHA256, '1.2.840.113549.1.1.5', {
    key: RSA_2048,
    signatureAlgorithm: algorithm('1.2.840.113549.1.1.5'),
  }),
  ...triple('rsa-sha512', 'RSA', SHA256, '1.2.840.113549.1.1.13', {
    key: RSA_2048,
    signatureHash: 'sha512',
    signatureAlgorithm: algorithm('1.2.840.113549.1.1.13'),
  }),
  ...triple('rsa-pss', 'RSA', SHA256, '1.2.840.113549.1.1.10', {
    key: RSA_2048,
    signatureAlgorithm: algorithm('1.2.840.113549.1.1.10'),
  }),
  ...triple('rsa-for-p256', 'P-256', SHA256, '1.2.840.113549.1.1.11', {
    signatureAlgorithm: algorithm('1.2.840.113549.1.1.11'),
  }),
  ...triple('ecdsa-for-rsa', 'RSA', SHA256, P256, { key: RSA_2048, signatureAlgorithm: algorithm(P256) }),
  ...bad('format', 'algorithm-ecdsa-with-null', 'signature: algorithm parameters', 'parameters that nobody reads', {
    signatureAlgorithm: algorithmWithNull(P256),
  }),
  ...bad('format', 'algorithm-digest-parameters', 'signature: algorithm parameters', 'parameters that nobody reads', {
    digestAlgorithm: encodeSequence(encodeOid(SHA256), encodeSequence()),
  }),
]

// Vectors of the `chain` check about whom the certificate names.
import { contextTag } from '../../src/asn1/read.ts'
import { encodeElement, encodeNull, encodeOid, encodeUtf8String } from '../../src/asn1/write.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import { added, altNames, exchange, extension, generalName, OID, userName } from '../forge/certificate.ts'
import { ISSUER_BYTES } from '../forge/instance.ts'
import { raw } from './edit.ts'
import { leaf } from './use.ts'
import type { Vector } from './vector.ts'

const names = (name: string, reason: string, says: string, ...list: readonly Uint8Array[]): readonly Vector[] =>
  leaf(name, reason, says, exchange(OID.subjectAltName, altNames(...list)))

const ALICE = generalName(1, 'alice@example.com')

const text = (bytes: Uint8Array): Uint8Array => extension(OID.fulcioIssuerV2, false, bytes)

export const IDENTITIES: readonly Vector[] = [
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

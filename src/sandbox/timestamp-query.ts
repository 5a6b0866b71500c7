// TimeStampReq (RFC 3161 2.4.1), read strictly. What is well formed but not to be had is said by the answer's status.
import { contextTag, type Reader, readDer, TAG } from '../asn1/read.ts'
import { parseBoolean, parseOid, parseSmallInteger } from '../asn1/value.ts'
import { malformed } from '../errors.ts'

export interface TimestampQuery {
  /** DER MessageImprint, echoed byte for byte. */
  readonly imprint: Uint8Array
  /** DER INTEGER, echoed byte for byte. */
  readonly nonce?: Uint8Array
  readonly wantsCertificate: boolean
  /** Bit of PKIFailureInfo, where the query cannot be answered with a token. */
  readonly failure?: 0 | 15 | 16
}

/** Hashes that a query may name, with the length of their digests. */
const DIGESTS: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.2.1': 32,
  '2.16.840.1.101.3.4.2.2': 48,
  '2.16.840.1.101.3.4.2.3': 64,
}

/** The policy under which tokens are made: that of Sigstore's timestamp authorities. */
export const POLICY = '1.3.6.1.4.1.57264.2'

/** Throws `parse` on anything that is not a version 1 query. */
export function parseTimestampQuery(der: Uint8Array): TimestampQuery {
  const fields = readDer(der, TAG.sequence).reader()
  if (parseSmallInteger(fields.read(TAG.integer)) !== 1) throw malformed('timestamp query', 'not version 1')
  const imprint = fields.read(TAG.sequence)
  const policy = fields.readOptional(TAG.oid)
  const nonce = fields.readOptional(TAG.integer)
  const certificate = fields.readOptional(TAG.boolean)
  const extensions = fields.readOptional(contextTag(0))
  fields.finish()
  const failure = failureOf(imprint.reader(), policy && parseOid(policy), extensions !== undefined)
  return {
    imprint: imprint.bytes,
    ...(nonce === undefined ? {} : { nonce: nonce.bytes }),
    wantsCertificate: certificate !== undefined && parseBoolean(certificate),
    ...(failure === undefined ? {} : { failure }),
  }
}

/** badAlg (0), unacceptedPolicy (15), unacceptedExtension (16). */
function failureOf(imprint: Reader, policy: string | undefined, hasExtensions: boolean): 0 | 15 | 16 | undefined {
  const length = DIGESTS[parseOid(imprint.read(TAG.sequence).reader().read(TAG.oid))]
  const digest = imprint.read(TAG.octetString).content
  imprint.finish()
  if (length === undefined) return 0
  if (digest.length !== length) throw malformed('timestamp query', 'the digest has not the length of its hash')
  if (policy !== undefined && policy !== POLICY) return 15
  return hasExtensions ? 16 : undefined
}

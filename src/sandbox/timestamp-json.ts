// The JSON form of a timestamp query, which Sigstore's authorities take beside RFC 3161's own: the npm client sends it.
import { encodeBoolean, encodeInteger, encodeOctetString, encodeOid, encodeSequence } from '../asn1/write.ts'
import { fromBase64 } from '../bytes.ts'
import { Refusal } from './service.ts'

const HASHES: Readonly<Record<string, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

/** The DER of the query that the JSON asks for. */
export function timestampQueryFromJson(body: Readonly<Record<string, unknown>>): Uint8Array {
  const { artifactHash, hashAlgorithm, certificates, nonce, tsaPolicyOID: policy } = body
  const hash = HASHES[String(hashAlgorithm)]
  if (hash === undefined) throw new Refusal(400, 3, 'hashAlgorithm is not one of sha256, sha384, sha512')
  const digest = fromBase64(String(artifactHash ?? ''), 'artifactHash')
  return encodeSequence(
    encodeInteger(1),
    encodeSequence(encodeSequence(encodeOid(hash)), encodeOctetString(digest)),
    ...(typeof policy === 'string' && policy !== '' ? [encodeOid(policy)] : []),
    ...(nonce === undefined || nonce === 0 ? [] : [encodeInteger(nonceOf(nonce))]),
    ...(certificates === true ? [encodeBoolean(true)] : []),
  )
}

function nonceOf(value: unknown): bigint {
  if (!/^\d{1,40}$/.test(String(value))) throw new Refusal(400, 3, 'nonce is not a number')
  return BigInt(String(value))
}

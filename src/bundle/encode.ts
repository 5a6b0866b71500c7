// Writes bundles of media type 0.3, the newest form that every client reads; bundle.ts reads them.
import { encodeUtf8, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { logEntryToJson } from '../rekor/entry-json.ts'
import { envelopeToJson } from '../rekor/envelope.ts'
import { encodeTimestampResponse } from '../tsa/request.ts'
import type { Hash } from '../x509/key.ts'
import type { Bundle, BundleContent, BundleSigner } from './bundle.ts'

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const ALGORITHMS: Readonly<Record<Hash, string>> = { sha256: 'SHA2_256', sha384: 'SHA2_384', sha512: 'SHA2_512' }

/** JSON on one line. Throws `parse` for what 0.3 has no place for: an entry without proof (intermediates are left out). */
export function encodeBundle(bundle: Omit<Bundle, 'version'>): Uint8Array {
  const { entries, timestampTokens } = bundle
  if (entries.some(({ proof }) => proof === undefined)) throw malformed('bundle', 'a log entry has no inclusion proof')
  const stamps = timestampTokens.map((token) => ({ signedTimestamp: toBase64(encodeTimestampResponse(token)) }))
  const verificationMaterial = {
    ...signerToJson(bundle.signer),
    tlogEntries: entries.map(logEntryToJson),
    timestampVerificationData: { rfc3161Timestamps: stamps },
  }
  const json = { mediaType: MEDIA_TYPE, verificationMaterial, ...contentToJson(bundle.content) }
  return encodeUtf8(`${JSON.stringify(json)}\n`)
}

function signerToJson(signer: BundleSigner): Readonly<Record<string, unknown>> {
  if (signer.kind === 'key') return { publicKey: { hint: signer.hint } }
  return { certificate: { rawBytes: toBase64(signer.leaf.bytes) } }
}

function contentToJson(content: BundleContent): Readonly<Record<string, unknown>> {
  if (content.kind === 'envelope') return { dsseEnvelope: envelopeToJson(content.envelope) }
  const { signature, stated } = content
  const messageDigest = stated && { algorithm: ALGORITHMS[stated.hash], digest: toBase64(stated.digest) }
  return { messageSignature: { ...(messageDigest && { messageDigest }), signature: toBase64(signature) } }
}

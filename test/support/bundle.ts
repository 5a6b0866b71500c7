// Sigstore bundles v0.3 (formats: section 2): made from a Git signature for other people's verifiers, and theirs read as
// the evidence that our own core checks.
import { toBase64 } from '../../src/bytes.ts'
import type { SignedData } from '../../src/cms/signed-data.ts'
import { rebuildBodies } from '../../src/rekor/claim.ts'
import { parseLogEntry } from '../../src/rekor/entry.ts'
import { logEntryFromJson, logEntryToJson } from '../../src/rekor/entry-json.ts'
import { encodeTimestampResponse, parseTimestampResponse } from '../../src/tsa/request.ts'
import type { SignedMaterial } from '../../src/verify/material.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { sha256 } from './log.ts'

/** Of a message signature. In ours the artifact is the DER of the SET of signed attributes. */
export interface BundleJson {
  readonly mediaType: string
  readonly verificationMaterial: {
    readonly certificate?: { readonly rawBytes: string }
    /** In its place before v0.3, and in what the npm client writes for message signatures. */
    readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] }
    readonly tlogEntries: readonly Readonly<Record<string, unknown>>[]
    readonly timestampVerificationData?: {
      readonly rfc3161Timestamps?: readonly { readonly signedTimestamp: string }[]
    }
  }
  readonly messageSignature: {
    readonly messageDigest: { readonly algorithm: string; readonly digest: string }
    readonly signature: string
  }
}

/** The bundle of a Git signature with an embedded entry, whose body is put back. */
export function bundleOf(signed: SignedData): BundleJson {
  if (signed.logEntry === undefined) throw new Error('no log entry is embedded')
  const entry = parseLogEntry(signed.logEntry)
  const { signer: certificate, signature, signedAttributes: artifact, timestampToken } = signed
  const [canonicalizedBody] = rebuildBodies({ entry, certificate, signature, artifact }, entry)
  if (canonicalizedBody === undefined) throw new Error('the entry can have no body')
  const stamps = timestampToken === undefined ? [] : [encodeTimestampResponse(timestampToken)]
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      certificate: { rawBytes: toBase64(certificate.bytes) },
      tlogEntries: [logEntryToJson({ ...entry, canonicalizedBody })],
      timestampVerificationData: { rfc3161Timestamps: stamps.map((der) => ({ signedTimestamp: toBase64(der) })) },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: toBase64(sha256(artifact)) },
      signature: toBase64(signature),
    },
  }
}

/** What our core needs of a bundle's JSON. That the signature is over the artifact is the caller's to verify. */
export function materialOf(json: string, artifact: Uint8Array): SignedMaterial {
  const bundle = JSON.parse(json) as BundleJson
  const { certificate, x509CertificateChain, tlogEntries, timestampVerificationData } = bundle.verificationMaterial
  const chain = x509CertificateChain?.certificates ?? (certificate === undefined ? [] : [certificate])
  const [leaf, ...intermediates] = chain.map(({ rawBytes }) => parseCertificate(Buffer.from(rawBytes, 'base64')))
  if (leaf === undefined) throw new Error('the bundle has no certificate')
  const stamps = timestampVerificationData?.rfc3161Timestamps ?? []
  return {
    certificate: leaf,
    intermediates,
    artifact,
    signature: Buffer.from(bundle.messageSignature.signature, 'base64'),
    entry: logEntryFromJson(tlogEntries[0]),
    timestampTokens: stamps.map(({ signedTimestamp }) =>
      parseTimestampResponse(Buffer.from(signedTimestamp, 'base64')),
    ),
  }
}

// Sigstore bundles v0.3 (formats: section 2), made from a Git signature for other people's verifiers.
import { exportSignature } from '../../src/bundle/git.ts'
import type { SignedData } from '../../src/cms/signed-data.ts'

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
  return JSON.parse(new TextDecoder().decode(exportSignature(signed).bundle)) as BundleJson
}

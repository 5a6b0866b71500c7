// A second opinion: @sigstore/verify, written by others and sharing none of our code, judges a bundle, or a Git signature in
// its bundle form, under the same trusted root. It has no say on what a bundle does not show: the armor, the CMS, the payload.
import { bundleFromJSON } from '@sigstore/bundle'
import { TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify'
import { exportSignature } from '../bundle/git.ts'
import { decodeUtf8, toBase64 } from '../bytes.ts'
import type { SignedData } from '../cms/signed-data.ts'
import type { CertificateAuthority, LogAuthority, TrustedRoot } from '../trust/root.ts'
import type { Window } from '../trust/window.ts'
import type { VerifyOptions } from '../verify/material.ts'
import type { Check } from '../verify/verdict.ts'
import type { KeyAlgorithm } from '../x509/key.ts'

export type Opinion =
  /** `subject` is the name that it reads in the certificate; it reads no user names. */
  | { readonly ok: true; readonly subject: string | undefined }
  /** `check` is the one of ours that asks the same. */
  | { readonly ok: false; readonly check: Check; readonly why: string }

const KEY_DETAILS: Readonly<Record<Exclude<KeyAlgorithm, 'RSA'>, string>> = {
  'P-256': 'PKIX_ECDSA_P256_SHA_256',
  'P-384': 'PKIX_ECDSA_P384_SHA_384',
  'P-521': 'PKIX_ECDSA_P521_SHA_512',
  Ed25519: 'PKIX_ED25519',
}

/** Asks about a Git signature. */
export function askSigstoreJs(signed: SignedData, options: VerifyOptions): Opinion {
  return refusing(() => {
    const { bundle, artifact } = exportSignature(signed)
    return verifyEntity(bundle, artifact, options)
  })
}

/** Asks about a bundle that a certificate signed. Of an envelope it verifies the signature, and never asks what it is about. */
export function askAboutBundle(bundle: Uint8Array, artifact: Uint8Array, options: VerifyOptions): Opinion {
  return refusing(() => verifyEntity(bundle, artifact, options))
}

// The verifier's clock is not among what it looks at.
function verifyEntity(bundle: Uint8Array, artifact: Uint8Array, { trust, ignoreSct }: VerifyOptions): Opinion {
  const parsed = bundleFromJSON(JSON.parse(decodeUtf8(bundle)))
  const isMessage = parsed.content.$case === 'messageSignature'
  const entity = toSignedEntity(parsed, isMessage ? Buffer.from(artifact) : undefined)
  const material = toTrustMaterial(TrustedRootMessage.fromJSON(describeRoot(trust)))
  const verifier = new Verifier(material, ignoreSct === true ? { ctlogThreshold: 0 } : {})
  return { ok: true, subject: verifier.verify(entity).identity?.subjectAlternativeName }
}

/** Whatever it throws is a refusal. */
function refusing(ask: () => Opinion): Opinion {
  try {
    return ask()
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return { ok: false, check: checkOf(thrown), why }
  }
}

function checkOf(thrown: unknown): Check {
  if (!(thrown instanceof VerificationError)) return 'format'
  if (thrown.code === 'TIMESTAMP_ERROR') return 'time'
  if (thrown.code === 'CERTIFICATE_ERROR') return thrown.message.includes('SCT') ? 'sct' : 'chain'
  return thrown.code.startsWith('TLOG') ? 'log' : 'signature'
}

function describeRoot(trust: TrustedRoot): object {
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: trust.logs.map(describeLog),
    ctlogs: trust.ctLogs.map(describeLog),
    certificateAuthorities: trust.authorities.map(describeAuthority),
    timestampAuthorities: trust.timestampAuthorities.map(describeAuthority),
  }
}

function describeLog({ baseUrl, id, key, validFor }: LogAuthority): object {
  const keyDetails = key.algorithm === 'RSA' ? `PKIX_RSA_PKCS1V15_${key.bits}_SHA256` : KEY_DETAILS[key.algorithm]
  const publicKey = { rawBytes: toBase64(key.spki), keyDetails, validFor: describeWindow(validFor) }
  return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId: toBase64(id) } }
}

function describeAuthority({ uri, chain, validFor }: CertificateAuthority): object {
  const certificates = chain.map(({ bytes }) => ({ rawBytes: toBase64(bytes) }))
  return { uri, certChain: { certificates }, validFor: describeWindow(validFor) }
}

function describeWindow({ start, end }: Window): object {
  return { start: new Date(start).toISOString(), ...(end === undefined ? {} : { end: new Date(end).toISOString() }) }
}

// The library: sign and verify Git signatures and Sigstore bundles, and take Git objects apart. Nothing here reads a disk or
// a network: trust and time are arguments, and what signing needs from the world are ports (`gitsigil/clients` has some).
export {
  type Bundle,
  type BundleContent,
  type BundleSigner,
  type BundleVersion,
  type Digest,
  parseBundle,
} from './bundle/bundle.ts'
export { encodeBundle } from './bundle/encode.ts'
export { type ExportedSignature, exportSignature, importSignature } from './bundle/git.ts'
export { parseArmor } from './cms/armor.ts'
export { parseSignedData, type SignedData } from './cms/signed-data.ts'
export { Fault, type FaultCode } from './errors.ts'
export type { Identity } from './fulcio/identity.ts'
export { type ObjectAlgorithm, type ObjectType, objectId } from './git/id.ts'
export type { SignatureFormat } from './git/marker.ts'
export { type Split, splitCommit, splitPushCertificate, splitTag } from './git/object.ts'
export type { IdentityToken } from './oidc/token.ts'
export { type AllowEntry, judge, parseAllowEntry, parseAllowFile } from './policy/allow.ts'
export type { Judgement, Level } from './policy/judgement.ts'
export type { InclusionProof, LogEntry } from './rekor/entry.ts'
export type { Envelope } from './rekor/envelope.ts'
export { type BundlePorts, type SignedBundle, signBundle, signStatement } from './sign/bundle.ts'
export type { SigningKey } from './sign/key.ts'
export {
  type Chain,
  type Ports,
  type SignedPayload,
  signPayload,
  signPayload as sign,
  type WitnessRequest,
} from './sign/sign.ts'
export { publicGoodRoot } from './trust/public-good.ts'
export type { CertificateAuthority, LogAuthority, TrustedRoot } from './trust/root.ts'
export { parseTrustedRoot } from './trust/root-json.ts'
export type { Window } from './trust/window.ts'
export { type Artifact, verifyBundle, verifyBundleWithKey } from './verify/bundle.ts'
export type { VerifyOptions } from './verify/material.ts'
export {
  CHECKS,
  type Check,
  type KeyVerdict,
  type ProvenEntry,
  type ProvenTime,
  type Rejection,
  type Signer,
  type Verdict,
} from './verify/verdict.ts'
export { verifySignature, verifySignature as verify } from './verify/verify.ts'
export { VERSION } from './version.ts'
export type { Certificate, Extension } from './x509/certificate.ts'
export { type Hash, type KeyAlgorithm, type PublicKey, parsePublicKey } from './x509/key.ts'

// The library: verify a Git signature, and take Git objects and signatures apart. Everything here is pure and
// synchronous; trust and time are arguments, and nothing is read from disk or network.
export { Fault, type FaultCode } from './errors.ts'
export type { Identity } from './fulcio/identity.ts'
export { type ObjectAlgorithm, type ObjectType, objectId } from './git/id.ts'
export type { SignatureFormat } from './git/marker.ts'
export { type Split, splitCommit, splitPushCertificate, splitTag } from './git/object.ts'
export { type AllowEntry, judge, parseAllowEntry, parseAllowFile } from './policy/allow.ts'
export type { Judgement, Level } from './policy/judgement.ts'
export type { CertificateAuthority, LogAuthority, TrustedRoot } from './trust/root.ts'
export { parseTrustedRoot } from './trust/root-json.ts'
export type { Window } from './trust/window.ts'
export type { VerifyOptions } from './verify/material.ts'
export {
  CHECKS,
  type Check,
  type ProvenEntry,
  type ProvenTime,
  type Rejection,
  type Signer,
  type Verdict,
} from './verify/verdict.ts'
export { verifySignature } from './verify/verify.ts'
export { VERSION } from './version.ts'
export type { Certificate, Extension } from './x509/certificate.ts'

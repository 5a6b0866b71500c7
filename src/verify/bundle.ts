// Verification of a Sigstore bundle: the same checks as a Git signature's, in the same order, by the same core. Pure and
// synchronous: bundle, artifact, trust and time are arguments, and nothing else is looked at.
import { hash as digestOf } from 'node:crypto'
import { type Bundle, type Digest, parseBundle } from '../bundle/bundle.ts'
import { preAuthEncoding } from '../bundle/envelope.ts'
import { checkSubject } from '../bundle/statement.ts'
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { bodyHashes } from '../rekor/body.ts'
import { envelopeBodies } from '../rekor/envelope.ts'
import type { Hash, PublicKey } from '../x509/key.ts'
import { verifyWithKey } from '../x509/key.ts'
import { verifyDigest } from '../x509/prehashed.ts'
import { checkEvidence, checkKeyEvidence } from './evidence.ts'
import type { VerifyOptions } from './material.ts'
import type { Check, KeyVerdict, Rejection, Verdict } from './verdict.ts'

/** What was signed: its bytes, or a digest of them where only that is at hand. */
export type Artifact = Uint8Array | Digest

type Rejected = { readonly ok: false; readonly rejection: Rejection }

/**
 * Verifies a bundle that was signed with a certificate. Who the signer should be is *not* asked: see `judge`.
 * @param bytes the bundle's JSON
 * @returns a verdict, whatever the bytes are; only a bug, or a trusted root that cannot be read, throws
 */
export function verifyBundle(bytes: Uint8Array, artifact: Artifact, options: VerifyOptions): Verdict {
  return readingBundle(bytes, (bundle) => {
    const { signer } = bundle
    if (signer.kind === 'key') return rejected('format', 'it was signed with a managed key, and none is given')
    const { leaf: certificate, intermediates } = signer
    const problem = checkContent(bundle, artifact, certificate.key)
    if (problem !== undefined) return rejected(problem.check, problem.why, { certificate })
    const verifier = { certificate: certificate.bytes, key: certificate.key }
    return checkEvidence({ certificate, intermediates, ...evidenceOf(bundle, artifact, verifier) }, options)
  })
}

/**
 * Verifies a bundle that was signed with a key that somebody keeps.
 * @param key the caller vouches for it; what the bundle says of the key is not used
 * @returns as `verifyBundle`
 */
export function verifyBundleWithKey(
  bytes: Uint8Array,
  artifact: Artifact,
  key: PublicKey,
  options: VerifyOptions,
): KeyVerdict {
  return readingBundle(bytes, (bundle) => {
    // Its certificate would go unchecked, and who reads the bundle would take its name for proven.
    if (bundle.signer.kind !== 'key') return rejected('format', 'it was signed with a certificate, not a managed key')
    const problem = checkContent(bundle, artifact, key)
    if (problem !== undefined) return rejected(problem.check, problem.why)
    return checkKeyEvidence({ key, ...evidenceOf(bundle, artifact, { key }) }, options)
  })
}

/** Hostile input is a verdict: whatever of the bundle turns out to be malformed, and when. */
function readingBundle<Result>(bytes: Uint8Array, check: (bundle: Bundle) => Result): Result | Rejected {
  try {
    return check(parseBundle(bytes))
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return rejected('format', thrown.message)
    throw thrown
  }
}

/** Checks `digest` and `signature`, and that there is an entry to go on with. */
function checkContent(bundle: Bundle, artifact: Artifact, key: PublicKey): Rejection | undefined {
  const why = checkDigest(bundle, artifact)
  if (why !== undefined) return { check: 'digest', why }
  const problem = checkSignature(bundle, artifact, key)
  if (problem !== undefined) return { check: 'signature', why: problem }
  return bundle.entries.length === 0 ? { check: 'log', why: 'the bundle has no log entry' } : undefined
}

// What the bundle states is compared with the artifact at hand, and never stands in for it.
function checkDigest({ content }: Bundle, artifact: Artifact): string | undefined {
  const own = (hash: Hash) => artifactDigest(artifact, hash)
  if (content.kind === 'envelope') return checkSubject(content.envelope, own)
  const { stated } = content
  const computed = stated && own(stated.hash)
  return stated === undefined || computed === undefined || equalBytes(computed, stated.digest)
    ? undefined
    : 'the artifact is not what was signed'
}

function checkSignature({ content }: Bundle, artifact: Artifact, key: PublicKey): string | undefined {
  const isGood =
    content.kind === 'envelope'
      ? verifyData(key, preAuthEncoding(content.envelope), content.envelope.signature)
      : artifact instanceof Uint8Array
        ? verifyData(key, artifact, content.signature)
        : signatureHashes(key).includes(artifact.hash) && verifyDigest(key, artifact.digest, content.signature)
  return isGood ? undefined : 'the signature over the artifact does not verify with the key of its signer'
}

function verifyData(key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  if (key.algorithm === 'Ed25519') return verifyWithKey(key, undefined, data, signature)
  return signatureHashes(key).some((hash) => verifyWithKey(key, hash, data, signature))
}

/** The key's own, and SHA-256, which older clients use with any. */
function signatureHashes(key: PublicKey): readonly Hash[] {
  return bodyHashes('0.0.1', key)
}

function evidenceOf(bundle: Bundle, artifact: Artifact, verifier: Parameters<typeof envelopeBodies>[1]) {
  const { content, version, timestampTokens } = bundle
  const [entry, ...furtherEntries] = bundle.entries
  const shared = {
    timestampTokens,
    furtherEntries,
    ...(entry === undefined ? {} : { entry }),
    mayLackProof: version === '0.1',
    mayLackPromise: version !== '0.1',
    asStamped: true,
  }
  if (content.kind === 'message')
    return { ...shared, signature: content.signature, artifact: (hash: Hash) => artifactDigest(artifact, hash) }
  const { envelope } = content
  return {
    ...shared,
    signature: envelope.signature,
    artifact: preAuthEncoding(envelope),
    otherBodies: (one: Parameters<typeof envelopeBodies>[2]) => envelopeBodies(envelope, verifier, one),
  }
}

function artifactDigest(artifact: Artifact, hash: Hash): Uint8Array | undefined {
  if (artifact instanceof Uint8Array) return digestOf(hash, artifact, 'buffer')
  return artifact.hash === hash ? artifact.digest : undefined
}

function rejected(check: Check, why: string, more: Pick<Rejection, 'certificate'> = {}): Rejected {
  return { ok: false, rejection: { check, why, ...more } }
}

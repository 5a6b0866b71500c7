// A Git signature as a bundle and back (formats: section 2): the artifact is the DER of the SET of signed attributes, the
// body of the log entry is put back, or cleared. Nothing is verified against a trusted root.
import { hash } from 'node:crypto'
import { decodeLatin1, toBase64, toHex } from '../bytes.ts'
import { encodeArmor } from '../cms/armor.ts'
import { encodeSignedData } from '../cms/encode.ts'
import { isSignedAttributes } from '../cms/signed-attributes.ts'
import { checkSignedAttributes, parseSignedData, type SignedData } from '../cms/signed-data.ts'
import { Fault, malformed } from '../errors.ts'
import { keyHash } from '../rekor/body.ts'
import { rebuildBodies, trueVersion } from '../rekor/claim.ts'
import { encodeLogEntry, type LogEntry, parseLogEntry } from '../rekor/entry.ts'
import { checkInclusion, leafHash } from '../rekor/merkle.ts'
import type { Hash } from '../x509/key.ts'
import type { Bundle, Digest } from './bundle.ts'
import { encodeBundle } from './encode.ts'

/** A bundle and the bytes that it is over. */
export interface ExportedSignature {
  readonly bundle: Uint8Array
  readonly artifact: Uint8Array
}

/** Throws `log` where no entry is embedded, `parse` for one that can have no body. */
export function exportSignature(signed: SignedData): ExportedSignature {
  if (signed.logEntry === undefined)
    throw new Fault('log', 'the signature has no log entry inside, and a bundle needs one', {
      hint: "it was made in gitsign's online mode",
    })
  const { signer: leaf, intermediates, signature, signedAttributes: artifact, timestampToken } = signed
  const entry = withBody(parseLogEntry(signed.logEntry), signed)
  const bundle = encodeBundle({
    signer: { kind: 'certificate', leaf, intermediates },
    content: { kind: 'message', signature, stated: loggedDigest(entry, signed) },
    entries: [entry],
    timestampTokens: timestampToken === undefined ? [] : [timestampToken],
  })
  return { bundle, artifact }
}

// gitsign stamps v2 entries as 0.0.1: in a bundle that would be another entry.
function withBody(entry: LogEntry, { signer: certificate, signature, signedAttributes: artifact }: SignedData) {
  const bodies = rebuildBodies({ entry, certificate, signature, artifact }, entry)
  const { proof } = entry
  // Rekor v1 holds either of two digests of a P-384 or P-521 key's artifact: the proof tells which.
  const isProven = (body: Uint8Array) => proof !== undefined && checkInclusion(leafHash(body), proof) === undefined
  const canonicalizedBody = bodies.find(isProven) ?? bodies[0]
  if (canonicalizedBody === undefined) throw malformed('log entry', 'can have no body')
  return { ...entry, version: trueVersion(entry) ?? entry.version, canonicalizedBody }
}

/** By the hash by which the log holds the artifact: of P-384 and P-521 keys v2 has no other than their own. */
function loggedDigest({ canonicalizedBody: body }: LogEntry, { signer, signedAttributes }: SignedData): Digest {
  const digestBy = (name: Hash) => hash(name, signedAttributes, 'buffer')
  const text = decodeLatin1(body ?? new Uint8Array())
  const isLogged = (name: Hash) => [toHex, toBase64].some((encode) => text.includes(`"${encode(digestBy(name))}"`))
  const name = ['sha256' as const, keyHash(signer.key)].find(isLogged) ?? 'sha256'
  return { hash: name, digest: digestBy(name) }
}

/**
 * The SIGNED MESSAGE block of a bundle over signed attributes. That the key of its certificate made the signature is
 * checked, and nothing else. Throws `parse` for a bundle that has no such form.
 */
export function importSignature(bundle: Bundle, artifact: Uint8Array): Uint8Array {
  const { signer, content, entries, timestampTokens } = bundle
  // Any other artifact was signed as something else, and must not become a signature of a commit.
  if (!isSignedAttributes(artifact)) throw malformed('artifact', 'it is no SET of signed attributes')
  if (signer.kind !== 'certificate') throw malformed('bundle', 'it was signed with a managed key')
  if (content.kind !== 'message') throw malformed('bundle', 'it holds a DSSE envelope')
  if (signer.leaf.key.algorithm !== 'P-256') throw malformed('bundle', 'its key is not P-256')
  const [entry, another] = entries
  const [timestampToken, more] = timestampTokens
  if (entry === undefined || another !== undefined || more !== undefined)
    throw malformed('bundle', 'a signature in Git has one log entry and at most one timestamp')
  const der = encodeSignedData({
    leaf: signer.leaf,
    signedAttributes: artifact,
    signature: content.signature,
    logEntry: encodeLogEntry(entry, { withBody: false }),
    ...(timestampToken === undefined ? {} : { timestampToken }),
  })
  // What is read back is what Git's door will read: attributes out of order or twice are refused there too.
  if (!checkSignedAttributes(parseSignedData(der))) throw malformed('bundle', 'its signature is not over the artifact')
  return encodeArmor(der)
}

// Signs a file, or an in-toto statement as a DSSE envelope, into a bundle: the same ports as for a Git signature.
// Nothing here judges the result: whoever gives it away verifies it first, under the instance's trusted root.
import { hash } from 'node:crypto'
import type { Digest } from '../bundle/bundle.ts'
import { encodeBundle } from '../bundle/encode.ts'
import { preAuthEncoding } from '../bundle/envelope.ts'
import { firstDigest, IN_TOTO } from '../bundle/statement.ts'
import { isSignedAttributes } from '../cms/signed-attributes.ts'
import { Fault } from '../errors.ts'
import type { LogEntry } from '../rekor/entry.ts'
import type { Certificate } from '../x509/certificate.ts'
import { newSigningKey } from './key.ts'
import type { Ports } from './sign.ts'

/** What signing a bundle needs: there is room for the word of more than one log and one timestamp authority. */
export interface BundlePorts extends Ports {
  readonly furtherLogs?: readonly Ports['log'][]
  readonly furtherTimestamps?: readonly NonNullable<Ports['timestamp']>[]
}

export interface SignedBundle {
  /** JSON, media type 0.3. */
  readonly bundle: Uint8Array
  readonly leaf: Certificate
  /** Of the first log. */
  readonly entry: LogEntry
}

/**
 * Signs the bytes of a file.
 * @throws `usage` for the signed attributes of a CMS signature, whose signature would be a commit's; what the ports throw
 */
export async function signBundle(artifact: Uint8Array, ports: BundlePorts): Promise<SignedBundle> {
  if (isSignedAttributes(artifact))
    throw new Fault('usage', 'the artifact is the signed attributes of a CMS signature: signing it would sign a commit')
  return await sign(artifact, ports)
}

/**
 * Signs an in-toto statement, its bytes as they are.
 * @throws `usage` for what is no statement, or is about nothing that a verifier could compare; what the ports throw
 */
export async function signStatement(statement: Uint8Array, ports: BundlePorts): Promise<SignedBundle> {
  subjectOf(statement)
  const envelope = { payloadType: IN_TOTO, payload: statement }
  return await sign(preAuthEncoding(envelope), ports, envelope)
}

async function sign(
  artifact: Uint8Array,
  ports: BundlePorts,
  envelope?: { readonly payloadType: string; readonly payload: Uint8Array },
): Promise<SignedBundle> {
  const key = newSigningKey()
  const { leaf } = await ports.ca.certify(await ports.identity.token(), key)
  const signature = key.sign(artifact)
  const digest = hash('sha256', artifact, 'buffer')
  const signed = envelope === undefined ? undefined : { ...envelope, signature }
  const request = { digest, signature, leaf, ...(signed === undefined ? {} : { envelope: signed }) }
  const stamps = [ports.timestamp, ...(ports.furtherTimestamps ?? [])].filter((port) => port !== undefined)
  const [entry, furtherEntries, timestampTokens] = await Promise.all([
    ports.log.witness(request),
    Promise.all((ports.furtherLogs ?? []).map((log) => log.witness(request))),
    Promise.all(stamps.map((port) => port.stamp(signature))),
  ])
  const bundle = encodeBundle({
    signer: { kind: 'certificate', leaf, intermediates: [] },
    content:
      signed === undefined
        ? { kind: 'message', signature, stated: { hash: 'sha256', digest } }
        : { kind: 'envelope', envelope: signed },
    entries: [entry, ...furtherEntries],
    timestampTokens,
  })
  return { bundle, leaf, entry }
}

/** The first artifact that a statement names by a digest verifiers compare. Throws `usage` where there is none. */
export function subjectOf(statement: Uint8Array): Digest {
  try {
    const digest = firstDigest(statement)
    if (digest !== undefined) return digest
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'parse') throw cause
    throw new Fault('usage', cause.message, { cause })
  }
  throw new Fault('usage', 'in-toto statement: no subject has a sha256, sha384 or sha512 digest')
}

// The entry of a signature in online mode as a Sigstore bundle, over the id of the object as text, and back: so it is kept
// in notes, and any Sigstore client can check it. Nothing is verified here.
import { hash } from 'node:crypto'
import { encodeUtf8, equalBytes } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { readBody } from '../rekor/read-body.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Bundle } from './bundle.ts'
import { encodeBundle } from './encode.ts'

/**
 * @param ids that the entry may be about, the object's own first; the artifact is the one that it is about
 * @throws `parse` for an entry about none of them
 */
export function bundleOfEntry(entry: LogEntry, certificate: Certificate, ids: readonly string[]): Uint8Array {
  const { hashes, signatures } = readBody(entry.canonicalizedBody ?? new Uint8Array())
  const id = ids.find((one) => hashes.includes(`sha256:${hash('sha256', one)}`))
  const [signature] = signatures
  if (id === undefined || signature === undefined) throw malformed('log entry', 'it is about another object')
  return encodeBundle({
    signer: { kind: 'certificate', leaf: certificate, intermediates: [] },
    content: {
      kind: 'message',
      signature,
      stated: { hash: 'sha256', digest: hash('sha256', encodeUtf8(id), 'buffer') },
    },
    entries: [entry],
    timestampTokens: [],
  })
}

/** The entries of a bundle that this certificate's key signed; none where another did. */
export function entriesOf({ signer, entries }: Bundle, certificate: Certificate): readonly LogEntry[] {
  return signer.kind === 'certificate' && equalBytes(signer.leaf.bytes, certificate.bytes) ? entries : []
}

// Bundles as notes hold them, without a log entry: their form is right, and verifying them is another test's matter.
import { encodeBundle } from '../../src/bundle/encode.ts'
import { witnessRequest } from './leaf.ts'

/** A message signature over this text, by a new key each time. */
export function noteBundle(artifact: string): Uint8Array {
  const { digest, signature, leaf } = witnessRequest(artifact)
  return encodeBundle({
    signer: { kind: 'certificate', leaf, intermediates: [] },
    content: { kind: 'message', signature, stated: { hash: 'sha256', digest } },
    entries: [],
    timestampTokens: [],
  })
}

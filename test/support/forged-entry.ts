// Entries by the identity of the vectors, as a log holds them, without any service.

import { forgeSignature, type Recipe } from '../../scripts/forge/recipe.ts'
import { makeTrustedRoot } from '../../scripts/forge/root.ts'
import { encodeUtf8, toBase64 } from '../../src/bytes.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { encodePem } from '../../src/x509/pem.ts'

export const FORGED_TRUST = parseTrustedRoot(encodeUtf8(JSON.stringify(makeTrustedRoot())))

export interface ForgedEntry {
  readonly payload: Uint8Array
  readonly armored: Uint8Array
  readonly body: Uint8Array
}

export function forgeEntry(message: string, recipe: Recipe = {}): ForgedEntry {
  const person = 'Alice <alice@example.com> 1780315200 +0000'
  const payload = encodeUtf8(
    `tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor ${person}\ncommitter ${person}\n\n${message}\n`,
  )
  let body: Uint8Array | undefined
  const armored = forgeSignature(payload, {
    ...recipe,
    entry: (entry, context) => {
      body = context.body
      return entry
    },
  })
  if (body === undefined) throw new Error('nothing was logged')
  return { payload, armored, body }
}

/** The body of an attestation's entry, which names the certificates of those who signed it. */
export function attestationBy(...signers: readonly Uint8Array[]): Uint8Array {
  const verifiers = signers.map((der) => toBase64(encodeUtf8(encodePem('CERTIFICATE', der))))
  const spec = {
    envelopeHash: { algorithm: 'sha256', value: 'ab'.repeat(32) },
    payloadHash: { algorithm: 'sha256', value: 'cd'.repeat(32) },
    signatures: verifiers.map((verifier) => ({ signature: 'AAAA', verifier })),
  }
  return encodeUtf8(JSON.stringify({ apiVersion: '0.0.1', kind: 'dsse', spec }))
}

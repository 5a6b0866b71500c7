// A published vector's signature in its parts, and as a bundle: for tests that change one of them.
import { readFileSync } from 'node:fs'
import { type ExportedSignature, exportSignature } from '../../src/bundle/git.ts'
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts'
import { splitCommit } from '../../src/git/object.ts'
import { parseLogEntry } from '../../src/rekor/entry.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import type { SignedMaterial, VerifyOptions } from '../../src/verify/material.ts'

/** Trust and clock of the vectors. */
export const OPTIONS: VerifyOptions = {
  trust: parseTrustedRoot(readFileSync('fixtures/trusted-roots/all.json')),
  now: Date.parse('2027-01-01T00:00:00Z'),
}

/** Of a commit's vector. */
export function signedOf(vector: string): SignedData {
  const { signature } = splitCommit(readFileSync(`fixtures/vectors/${vector}/object`), 'sha1')
  return parseSignedData(parseArmor(signature ?? new Uint8Array()))
}

export function exportedOf(vector: string): ExportedSignature {
  return exportSignature(signedOf(vector))
}

export function materialOf(vector: string): SignedMaterial {
  const { signer: certificate, intermediates, signature, signedAttributes, logEntry, timestampToken } = signedOf(vector)
  return {
    certificate,
    intermediates,
    signature,
    artifact: signedAttributes,
    ...(logEntry === undefined ? {} : { entry: parseLogEntry(logEntry) }),
    timestampTokens: timestampToken === undefined ? [] : [timestampToken],
  }
}

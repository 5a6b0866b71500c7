// The conformance cases of ../shared: what each folder holds, and the check at which its README says it must fail.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../../src/verify/verdict.ts'
import { hasShared, sharedPath } from './shared.ts'

export interface ConformanceCase {
  readonly name: string
  readonly bundle: string
  readonly artifact: string
  readonly identity: string
  readonly issuer: string
  /** Paths; absent where the case has none. */
  readonly key: string | undefined
  readonly trustedRoot: string | undefined
  /** Undefined: it is accepted. `key`: what the verifier is given as the key cannot be one. */
  readonly fails: Check | 'key' | undefined
}

const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main'
const ISSUER = 'https://token.actions.githubusercontent.com'

/** Every negative case and the check that its README names. */
export const EXPECTED: Readonly<Record<string, Check | 'key'>> = {
  'bundle-empty-certificate-chain_fail': 'format',
  // Its log is not among those of the other instance, so nobody proves its time.
  'bundle-from-wrong-instance_fail': 'time',
  'checkpoint-wrong-roothash_fail': 'log',
  'dsse-mismatch-envelope_fail': 'log',
  'dsse-mismatch-sig_fail': 'log',
  'inclusion-proof-corrupted-hash_fail': 'log',
  'integrated-time-in-future_fail': 'chain',
  'intoto-expired-certificate_fail': 'chain',
  'intoto-log-entry-mismatch_fail': 'log',
  'intoto-set-outside-signing-cert-validity_fail': 'chain',
  'intoto-tsa-timestamp-outside-cert-validity_fail': 'chain',
  'invalid-ct-key_fail': 'sct',
  'invalid-inclusion-proof_fail': 'log',
  // What it gives as the key is no point of the curve.
  'managed-key-wrong-key_fail': 'key',
  'rekor2-checkpoint-missing-root-hash_fail': 'log',
  'rekor2-checkpoint-missing-size_fail': 'log',
  'rekor2-checkpoint-no-matching-signature_fail': 'log',
  'rekor2-dsse-invalid-sig_fail': 'signature',
  'rekor2-dsse-mismatch-sig_fail': 'log',
  'rekor2-timestamp-payload-mismatch_fail': 'time',
  'rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail': 'time',
  'rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail': 'time',
  'set-invalid-signature_fail': 'time',
  'wrong-hashedrekord-artifact_fail': 'log',
  'wrong-hashedrekord-cert-and-sig_fail': 'log',
  'wrong-hashedrekord-entry_fail': 'log',
  'wrong-material_fail': 'digest',
}

export function readConformance(): readonly ConformanceCase[] {
  if (!hasShared) return []
  const folders = readdirSync(sharedPath('conformance'), { withFileTypes: true }).filter((each) => each.isDirectory())
  return folders.map(({ name }) => readCase(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function readCase(name: string): ConformanceCase {
  const folder = sharedPath(join('conformance', name))
  const path = (file: string) => (existsSync(join(folder, file)) ? join(folder, file) : undefined)
  const text = (file: string) => {
    const found = path(file)
    return found === undefined ? undefined : readFileSync(found, 'utf8').trim()
  }
  return {
    name,
    bundle: join(folder, 'bundle.sigstore.json'),
    artifact: path('artifact') ?? sharedPath('conformance/a.txt'),
    identity: text('identity') ?? IDENTITY,
    issuer: text('issuer') ?? ISSUER,
    key: path('key.pub'),
    trustedRoot: path('trusted_root.json'),
    fails: EXPECTED[name],
  }
}

// Policies, facts and inputs for tests of policy: what was proven is stated, because nothing here is cryptography.
import { encodeUtf8 } from '../../src/bytes.ts'
import type { PolicyInput } from '../../src/policy/input.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy } from '../../src/policy/prepare.ts'
import type { Facts } from '../../src/verify/facts.ts'

export const ISSUER = 'https://accounts.example.com'
export const NOON = Date.UTC(2026, 5, 15, 12)
export const OID = 'a'.repeat(40)

/** Alice, Bob and a release workflow, and whatever is given. */
export function policyText(rest: string): string {
  return `version: 1
identities:
  alice: { issuer: ${ISSUER}, subject: alice@example.com }
  bob: { issuer: ${ISSUER}, subject: bob@example.com }
groups:
  maintainers: [alice, bob]
policy:
  authorities: [alice]
${rest}`
}

export async function policyOf(text: string): Promise<Policy> {
  return await parsePolicy(encodeUtf8(text), 'policy.yaml', 'public-good')
}

interface Given {
  readonly issuer?: string
  readonly claims?: Readonly<Record<string, string>>
  readonly instance?: string
  readonly times?: readonly number[]
}

export function facts(
  subject: string,
  { issuer = ISSUER, claims = {}, instance = 'public-good', times = [NOON] }: Given = {},
): Facts {
  return {
    instance,
    identity: { subject, issuer, type: 'email', claims },
    certificate: { id: '', fingerprint: '', issuer: '', issuerFingerprint: '', serial: '', notBefore: 0, notAfter: 0 },
    log: { url: 'https://log.example.com', id: '', index: '1', kind: 'hashedrekord', version: '0.0.1', leafHash: '' },
    times: times.map((time) => ({ source: 'log' as const, time, authority: 'https://log.example.com' })),
    skipped: [],
  }
}

export function commit(by?: Facts, more: Partial<PolicyInput> = {}): PolicyInput {
  return {
    kind: 'commit',
    oid: OID,
    now: NOON,
    ref: 'refs/heads/main',
    ...(by === undefined ? {} : { facts: by }),
    ...more,
  }
}

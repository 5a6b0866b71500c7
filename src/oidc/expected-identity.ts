// Who a token would sign as: the subject and issuer that Fulcio would write into the certificate (its pkg/identity), read
// from the token's claims. Foretold, not known: which rule holds is in Fulcio's own configuration, by the issuer.
import { Buffer } from 'node:buffer'
import type { IdentityToken } from './token.ts'

export interface ExpectedIdentity {
  readonly subject: string
  readonly type: 'email' | 'uri' | 'username'
  /** As the certificate will name it: behind a Dex, the provider that vouched. */
  readonly issuer: string
}

type Claims = Readonly<Record<string, unknown>>

/** CI systems, by the claims that only they have; `{claim}` stands for the claim's value. */
const WORKLOADS = [
  'https://github.com/{job_workflow_ref}',
  'https://{ci_config_ref_uri}',
  'https://buildkite.com/{organization_slug}/{pipeline_slug}',
] as const

/** Never throws: what cannot be told is the token's `sub`. */
export function expectedIdentity({ secret, claims }: IdentityToken): ExpectedIdentity {
  const payload = readPayload(secret.reveal())
  const issuer = federatedIssuer(payload) ?? claims.issuer
  const workload = WORKLOADS.map((template) => render(template, payload)).find((uri) => uri !== undefined)
  const uri = workload ?? serviceAccount(payload)
  if (uri !== undefined) return { subject: uri, type: 'uri', issuer }
  if (claims.email !== undefined && claims.emailVerified) return { subject: claims.email, type: 'email', issuer }
  return { subject: claims.subject, type: URL.canParse(claims.subject) ? 'uri' : 'username', issuer }
}

function render(template: string, payload: Claims): string | undefined {
  const names = Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  if (!names.every((name) => typeof payload[name] === 'string' && payload[name] !== '')) return undefined
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(payload[name]))
}

// Public good's Fulcio trusts its Dex to say who vouched, and writes that.
function federatedIssuer(payload: Claims): string | undefined {
  const { connector_id: connector } = objectIn(payload['federated_claims'])
  return typeof connector === 'string' && URL.canParse(connector) ? connector : undefined
}

function serviceAccount(payload: Claims): string | undefined {
  const kubernetes = objectIn(payload['kubernetes.io'])
  const { name } = objectIn(kubernetes['serviceaccount'])
  const namespace = kubernetes['namespace']
  if (typeof name !== 'string' || typeof namespace !== 'string') return undefined
  return `https://kubernetes.io/namespaces/${namespace}/serviceaccounts/${name}`
}

function readPayload(jwt: string): Claims {
  try {
    return objectIn(JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')))
  } catch {
    return {}
  }
}

function objectIn(value: unknown): Claims {
  return typeof value === 'object' && value !== null ? (value as Claims) : {}
}

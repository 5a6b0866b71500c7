import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseIdentity } from '../../src/fulcio/identity.ts'
import { expectedIdentity } from '../../src/oidc/expected-identity.ts'
import { parseToken } from '../../src/oidc/token.ts'
import { githubWorkflow, gitlabPipeline } from '../../src/sandbox/workload.ts'
import { requestCertificate, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { token } from '../support/token.ts'

describe('what is foretold is what the sandbox certifies', () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await startTestSandbox()
  })
  afterAll(() => sandbox.close())

  test.each([
    ['an address', { email: 'alice@example.com' }],
    ['a GitHub workflow', githubWorkflow('octo/repo', 'refs/heads/main')],
    ['a GitLab pipeline', gitlabPipeline('group/project', 'refs/tags/v1')],
  ])('%s', async (_name, request) => {
    const text = await sandbox.mintToken(request)
    const parsed = parseToken(text, 'the test')
    const challenge = parsed.claims.email ?? parsed.claims.subject
    const [leaf] = (await requestCertificate(sandbox, text, challenge)).chain
    if (leaf === undefined) throw new Error('no certificate')
    const { subject, type, issuer } = parseIdentity(leaf)
    expect(expectedIdentity(parsed)).toEqual({ subject, type, issuer })
  })
})

test.each([
  [
    {
      email: 'a@b.example',
      email_verified: true,
      federated_claims: { connector_id: 'https://github.com/login/oauth' },
    },
    { subject: 'a@b.example', type: 'email', issuer: 'https://github.com/login/oauth' },
  ],
  [{ sub: 'spiffe://td/x' }, { subject: 'spiffe://td/x', type: 'uri', issuer: 'https://issuer.test' }],
  [
    { 'kubernetes.io': { namespace: 'ns', serviceaccount: { name: 'sa' } } },
    { subject: 'https://kubernetes.io/namespaces/ns/serviceaccounts/sa', type: 'uri', issuer: 'https://issuer.test' },
  ],
  [
    { organization_slug: 'org', pipeline_slug: 'pipe' },
    { subject: 'https://buildkite.com/org/pipe', type: 'uri', issuer: 'https://issuer.test' },
  ],
  [
    { email: 'a@b.example', email_verified: false },
    { subject: 'subject', type: 'username', issuer: 'https://issuer.test' },
  ],
])('claims %j', (claims, identity) => {
  expect(expectedIdentity(token(claims))).toEqual(identity)
})

import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Identity, parseIdentity } from '../../src/fulcio/identity.ts'
import type { TokenRequest } from '../../src/sandbox/issuer.ts'
import { githubWorkflow, gitlabPipeline } from '../../src/sandbox/workload.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { type CertificateAnswer, requestCertificate, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

test('a GitHub workflow has the name and all the extensions that Fulcio writes', async () => {
  const request = githubWorkflow('octo/cat', 'refs/tags/v1')
  const { sha, run_id, repository_id, repository_owner_id } = request.claims as Record<string, string>
  const workflow = 'octo/cat/.github/workflows/release.yml@refs/tags/v1'
  expect(await identityOf({ ...request, claims: { ...request.claims, environment: 'production' } })).toEqual({
    subject: `https://github.com/${workflow}`,
    type: 'uri',
    issuer: `${sandbox.urls.issuer}/github`,
    claims: {
      githubWorkflowTrigger: 'push',
      githubWorkflowSha: sha,
      githubWorkflowName: 'release',
      githubWorkflowRepository: 'octo/cat',
      githubWorkflowRef: 'refs/tags/v1',
      buildSignerUri: `https://github.com/${workflow}`,
      buildSignerDigest: sha,
      runnerEnvironment: 'github-hosted',
      sourceRepositoryUri: 'https://github.com/octo/cat',
      sourceRepositoryDigest: sha,
      sourceRepositoryRef: 'refs/tags/v1',
      sourceRepositoryIdentifier: repository_id,
      sourceRepositoryOwnerUri: 'https://github.com/octo',
      sourceRepositoryOwnerIdentifier: repository_owner_id,
      buildConfigUri: `https://github.com/${workflow}`,
      buildConfigDigest: sha,
      buildTrigger: 'push',
      runInvocationUri: `https://github.com/octo/cat/actions/runs/${run_id}/attempts/1`,
      sourceRepositoryVisibilityAtSigning: 'public',
      deploymentEnvironment: 'production',
      tokenSubject: 'repo:octo/cat:ref:refs/tags/v1',
    },
  })
})

test('a GitLab pipeline is named by its configuration file', async () => {
  const identity = await identityOf(gitlabPipeline('group/sub/project', 'refs/heads/main'))
  const name = 'https://gitlab.com/group/sub/project//.gitlab-ci.yml@refs/heads/main'
  expect(identity).toMatchObject({ subject: name, type: 'uri', issuer: `${sandbox.urls.issuer}/gitlab` })
  expect(identity.claims).toMatchObject({
    buildConfigUri: name,
    buildTrigger: 'push',
    sourceRepositoryUri: 'https://gitlab.com/group/sub/project',
    sourceRepositoryOwnerUri: 'https://gitlab.com/group/sub',
    sourceRepositoryRef: 'refs/heads/main',
  })
  expect(identity.claims).not.toHaveProperty('deploymentEnvironment')
})

test('a Buildkite job is named by its pipeline', async () => {
  const claims = {
    sub: 'organization:acme:pipeline:web',
    organization_slug: 'acme',
    pipeline_slug: 'web',
    build_number: 7,
    build_commit: 'abc',
    build_source: 'ui',
    job_id: '1-2',
    runner_environment: 'self-hosted',
  }
  const identity = await identityOf({ folder: 'buildkite', claims })
  expect(identity.subject).toBe('https://buildkite.com/acme/web')
  expect(identity.claims['runInvocationUri']).toBe('https://buildkite.com/acme/web/builds/7#1-2')
})

test('a user name is an otherName with the domain of its issuer', async () => {
  const identity = await identityOf({ folder: 'username', claims: { sub: 'kim' } })
  expect(identity).toMatchObject({ subject: 'kim!sandbox.example', type: 'username' })
})

test('a URI is taken from the subject', async () => {
  const sub = 'https://sandbox.example/people/kim'
  expect(await identityOf({ folder: 'uri', claims: { sub } })).toMatchObject({ subject: sub, type: 'uri' })
})

test.each([
  [{ folder: 'github', claims: { sub: 'x' } }, 'missing event_name claim in ID token'],
  [{ folder: 'username', claims: { sub: 'kim!other' } }, 'username cannot contain ! character'],
  [{ folder: 'username', claims: { sub: 'kim@example.com' } }, 'username should not be an email address'],
  [{ folder: 'uri', claims: { sub: 'https://example.com/' } }, 'must match https://sandbox.example'],
  [{ folder: 'uri', claims: { sub: 'kim' } }, 'subject is not a URI'],
  [{ folder: 'email', claims: { sub: 'x', email_verified: true } }, 'missing email claim in ID token'],
  [{ email: 'kim@localhost' }, 'email address is not valid'],
] satisfies readonly (readonly [TokenRequest, string])[])('%j is refused: %s', async (request, why) => {
  const { status, message } = await certificateOf(request)
  expect([status, message]).toEqual([400, expect.stringContaining(why)])
})

async function identityOf(request: TokenRequest): Promise<Identity> {
  const { status, chain } = await certificateOf(request)
  expect(status).toBe(200)
  return parseIdentity(chain[0] as Certificate)
}

async function certificateOf(request: TokenRequest): Promise<CertificateAnswer> {
  const token = await sandbox.mintToken(request)
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, string>
  return await requestCertificate(sandbox, token, claims['email'] ?? claims['sub'] ?? '')
}

// Each kind of platform, its token minted by the sandbox's issuer, up to a signature that verifies in the job's name.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFulcioClient } from '../../../src/fulcio/client.ts'
import { type AmbientName, ambientSource } from '../../../src/oidc/ambient/sources-client.ts'
import { createRekorClient } from '../../../src/rekor/client.ts'
import type { TokenRequest } from '../../../src/sandbox/issuer.ts'
import { githubWorkflow, gitlabPipeline } from '../../../src/sandbox/workload.ts'
import { signPayload } from '../../../src/sign/sign.ts'
import { parseTrustedRoot } from '../../../src/trust/root-json.ts'
import { verifySignature } from '../../../src/verify/verify.ts'
import { testHttp } from '../../support/ambient.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { json, serve } from '../../support/loopback.ts'
import { stubProgram } from '../../support/program-stub.ts'
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts'
import { serveWorkloadApi } from '../../support/workload-api.ts'

const folder = temporaryFolder('ambient-sandbox')
const payload = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nfrom a job\n')

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

/** Who the signature names, made with the token that the platform gives. */
async function signerOn(name: AmbientName, env: Readonly<Record<string, string>>): Promise<string> {
  const http = testHttp()
  const trust = parseTrustedRoot(sandbox.trustedRoot)
  const source = ambientSource(name, { env, cwd: folder, now: Date.now }, http)
  const signed = await signPayload(payload, {
    identity: {
      token: async () => {
        const token = await source.token('sigstore')
        if (token === undefined) throw new Error('no token')
        return token
      },
    },
    ca: createFulcioClient({ http, url: sandbox.urls.fulcio, now: Date.now }),
    log: createRekorClient({ http, url: sandbox.urls.rekor1, version: 1, logs: trust.logs }),
    clock: { now: Date.now },
  })
  const verdict = verifySignature(payload, signed.armored, { trust, now: Date.now() })
  if (!verdict.ok) throw new Error(`${verdict.rejection.check}: ${verdict.rejection.why}`)
  return verdict.signer.identity.subject
}

function mint(request: TokenRequest, audience = 'sigstore'): Promise<string> {
  return sandbox.mintToken({ ...request, audience })
}

test('a GitHub Actions job signs as its workflow', async () => {
  const runner = await serve(async ({ path, headers }, response) => {
    const audience = new URL(path, 'http://x').searchParams.get('audience') ?? ''
    if (headers.authorization !== 'Bearer job') return json(response, 401, {})
    json(response, 200, { value: await mint(githubWorkflow('octo/cat', 'refs/heads/main'), audience) })
  })
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'job' }
  expect(await signerOn('github-actions', env)).toMatch(
    /^https:\/\/github\.com\/octo\/cat\/\.github\/workflows\/.*main$/,
  )
})

test('a GitLab job signs as its pipeline', async () => {
  const env = { GITLAB_CI: 'true', SIGSTORE_ID_TOKEN: await mint(gitlabPipeline('group/project', 'refs/heads/main')) }
  expect(await signerOn('gitlab', env)).toBe('https://gitlab.com/group/project//.gitlab-ci.yml@refs/heads/main')
})

test('a Buildkite job signs as its pipeline', async () => {
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
  const { env } = stubProgram(folder, 'buildkite-agent', `echo '${await mint({ folder: 'buildkite', claims })}'`)
  expect(await signerOn('buildkite-agent', { ...env, BUILDKITE: 'true' })).toBe('https://buildkite.com/acme/web')
})

test("a machine of Google's signs as its service account", async () => {
  const token = await mint({ email: 'ci@project.iam.gserviceaccount.com' })
  const { port } = await serve((_, response) => response.writeHead(200, { 'metadata-flavor': 'Google' }).end(token))
  const env = { GCE_METADATA_HOST: `127.0.0.1:${port}` }
  expect(await signerOn('google-workload-identity', env)).toBe('ci@project.iam.gserviceaccount.com')
})

test('a workload of SPIFFE signs as the identity that its agent gives', async () => {
  const sub = 'https://sandbox.example/workload/ci'
  const token = await mint({ folder: 'uri', claims: { sub } })
  const path = join(folder, 'agent.sock')
  await serveWorkloadApi(path, () => ({ token: () => token }))
  expect(await signerOn('spiffe', { SPIFFE_ENDPOINT_SOCKET: `unix://${path}` })).toBe(sub)
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { googleWorkloadIdentity } from '../../../src/oidc/ambient/google-client.ts'
import { googleImpersonate } from '../../../src/oidc/ambient/impersonate-client.ts'
import { freshToken, testHttp, worldWith } from '../../support/ambient.ts'
import { faultOf, printed } from '../../support/faults.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { type Asked, json, type Loopback, serve } from '../../support/loopback.ts'

const folder = temporaryFolder('google')
const BASE = '/computeMetadata/v1/instance/service-accounts/default/'
const ACCESS = 'ya29.c.the-access-token'
const FLAVOR = { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' }

/** As Google's does: refuses without the header, 404 where there is no account, tokens as text. */
function metadataServer(hasAccount = true): Promise<Loopback> {
  return serve((asked, response) => {
    if (asked.headers['metadata-flavor'] !== 'Google') return response.writeHead(403, FLAVOR).end('Missing header')
    if (!hasAccount) return response.writeHead(404, FLAVOR).end('The requested URL was not found on this server.')
    const url = new URL(asked.path, 'http://x')
    if (url.pathname === `${BASE}token`)
      return json(response, 200, { access_token: ACCESS, expires_in: 3599, token_type: 'Bearer' }, FLAVOR)
    const email = url.searchParams.get('format') === 'full' ? { email: 'ci@p.test', email_verified: true } : {}
    response.writeHead(200, { 'content-type': 'text/html', ...FLAVOR })
    response.end(freshToken(url.searchParams.get('audience') ?? '', email))
  })
}

function hostOf({ port }: Loopback): string {
  return `127.0.0.1:${port}`
}

describe('workload identity', () => {
  function source(env: Readonly<Record<string, string>>, forced = false, product?: string) {
    const productFile = join(folder, 'product_name')
    writeFileSync(productFile, product ?? 'Standard PC')
    return googleWorkloadIdentity({ world: worldWith(env), http: testHttp(), forced, productFile })
  }

  test.each([true, false])(
    "the machine's identity comes from the metadata server, with its address (forced: %s)",
    async (forced) => {
      const server = await metadataServer()
      const token = await source({ GCE_METADATA_HOST: hostOf(server) }, forced).token('sigstore')
      expect(token?.claims).toMatchObject({ audience: ['sigstore'], email: 'ci@p.test', emailVerified: true })
      expect(server.asked[0]).toMatchObject({
        method: 'GET',
        path: `${BASE}identity?audience=sigstore&format=full`,
        headers: { 'metadata-flavor': 'Google' },
      })
    },
  )

  test('off Google no server is asked', async () => {
    expect(await source({}).token('sigstore')).toBeUndefined()
    const nowhere = { world: worldWith({}), http: testHttp(), forced: false, productFile: '/nonexistent/file' }
    expect(await googleWorkloadIdentity(nowhere).token('sigstore')).toBeUndefined()
  })

  test('NO_GCE_CHECK=true turns the look for it off', async () => {
    const server = await metadataServer()
    const env = { GCE_METADATA_HOST: hostOf(server), NO_GCE_CHECK: 'true' }
    expect(await source(env, false, 'Google').token('sigstore')).toBeUndefined()
    expect(server.asked).toEqual([])
  })

  test('a machine of Google is known by its firmware, and its server asked at the fixed address alone', async () => {
    const urls: string[] = []
    const http = {
      async request(asked: { url: string; metadata?: boolean }) {
        urls.push(`${asked.url} ${asked.metadata}`)
        const headers = new Headers(FLAVOR)
        return { status: 200, headers, body: Buffer.from(freshToken('sigstore')) }
      },
    }
    const productFile = join(folder, 'google')
    writeFileSync(productFile, 'Google Compute Engine\n')
    const token = await googleWorkloadIdentity({ world: worldWith({}), http, forced: false, productFile }).token(
      'sigstore',
    )
    expect(token).toBeDefined()
    expect(urls).toEqual([`http://169.254.169.254${BASE}identity?audience=sigstore&format=full true`])
  })

  test('a machine without a service account is an ordinary one, unless it was asked for by name', async () => {
    const env = { GCE_METADATA_HOST: hostOf(await metadataServer(false)) }
    expect(await source(env).token('sigstore')).toBeUndefined()
    const fault = await faultOf(source(env, true).token('sigstore'))
    expect(fault.message).toBe('Google Cloud knows no service account for this workload')
    expect(fault.hint).toContain('attach a service account')
  })

  test("another cloud's metadata server at the same address is not taken for Google's", async () => {
    const server = await serve((_, response) => response.end(freshToken('sigstore')))
    expect(await source({ GCE_METADATA_HOST: hostOf(server) }).token('sigstore')).toBeUndefined()
  })

  test('a server that is not there: nothing here, or a fault where it was asked for by name', async () => {
    const env = { GCE_METADATA_HOST: '127.0.0.1:1' }
    expect(await source({ GCE_METADATA_HOST: 'localhost:9' }).token('sigstore')).toBeUndefined()
    expect(await faultOf(source(env, true).token('sigstore'))).toMatchObject({
      code: 'network',
      hint: expect.stringContaining('machine of Google Cloud'),
    })
  })

  test('a refusal names the server and what to do', async () => {
    const server = await serve((_, response) => response.writeHead(403, FLAVOR).end('Permission denied on pod'))
    const fault = await faultOf(source({ GCE_METADATA_HOST: hostOf(server) }).token('sigstore'))
    expect(fault.message).toMatch(
      /^Google's metadata server \(GCE_METADATA_HOST\) at .* answered 403: Permission denied/,
    )
    expect(fault.hint).toContain('Kubernetes service account')
  })

  test.each([
    'metadata.example.com',
    '10.0.0.1',
    'evil@169.254.169.254',
    '169.254.169.254:8080',
    '169.254.169.254.x.test',
  ])('GCE_METADATA_HOST may not send us to %s over plain http', async (host) => {
    expect(await faultOf(source({ GCE_METADATA_HOST: host }).token('sigstore'))).toMatchObject({ code: 'config' })
  })
})

describe('impersonation', () => {
  const ACCOUNT = 'signer@project.iam.gserviceaccount.com'

  async function impersonate(answer?: (asked: Asked, fallback: () => string) => { status: number; body: unknown }) {
    const metadata = await metadataServer()
    const iam = await serve((asked, response) => {
      const given = answer?.(asked, () => freshToken('sigstore'))
      if (given !== undefined) return json(response, given.status, given.body)
      if (asked.headers.authorization !== `Bearer ${ACCESS}`) return json(response, 401, {})
      const { audience, includeEmail } = JSON.parse(asked.body.toString())
      json(response, 200, { token: freshToken(audience, includeEmail ? { email: ACCOUNT, email_verified: true } : {}) })
    })
    const env = { GOOGLE_SERVICE_ACCOUNT_NAME: ACCOUNT, GCE_METADATA_HOST: hostOf(metadata) }
    return { iam, metadata, source: googleImpersonate({ world: worldWith(env), http: testHttp(), iam: iam.url }) }
  }

  test('an access token of the machine buys an identity token of the account, with its address', async () => {
    const { iam, metadata, source } = await impersonate()
    expect((await source.token('sigstore'))?.claims).toMatchObject({ audience: ['sigstore'], email: ACCOUNT })
    expect(metadata.asked[0]?.path).toBe(`${BASE}token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform`)
    expect(iam.asked[0]).toMatchObject({
      method: 'POST',
      path: '/v1/projects/-/serviceAccounts/signer%40project.iam.gserviceaccount.com:generateIdToken',
    })
  })

  test.each([
    [403, 'grant the caller roles/iam.serviceAccountOpenIdTokenCreator'],
    [404, 'there is no such service account'],
  ])('a refusal with %i says what to grant or mend, without the access token', async (status, hint) => {
    const { source } = await impersonate(({ headers }) => ({
      status,
      body: { error: { code: status, message: `denied for ${headers.authorization}`, status: 'X' } },
    }))
    const fault = await faultOf(source.token('sigstore'))
    expect(fault.message).toContain(`answered ${status}: denied for Bearer [secret]`)
    expect(fault.hint).toContain(hint)
    expect(printed(fault)).not.toContain(ACCESS)
  })

  test('an answer without a token is refused without being quoted', async () => {
    const { source } = await impersonate(() => ({ status: 200, body: { tokens: 'x' } }))
    expect((await faultOf(source.token('sigstore'))).message).toMatch(/ answered without a token$/)
  })

  test('no metadata server: it says where the credentials are looked for', async () => {
    const world = worldWith({
      GOOGLE_SERVICE_ACCOUNT_NAME: ACCOUNT,
      GCE_METADATA_HOST: hostOf(await serve((_, response) => response.end())),
    })
    const fault = await faultOf(googleImpersonate({ world, http: testHttp() }).token('sigstore'))
    expect(fault.message).toBe("Google Cloud (impersonation) finds no metadata server of Google's here")
    expect(fault.hint).toContain('GOOGLE_APPLICATION_CREDENTIALS')
  })

  test('without an account to be it is not here', async () => {
    expect(await googleImpersonate({ world: worldWith({}), http: testHttp() }).token('sigstore')).toBeUndefined()
  })
})

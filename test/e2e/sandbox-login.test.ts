// The login of a sandbox in a process of its own, in each build: oidc-provider runs there as it does from the sources.
import { readFile, stat } from 'node:fs/promises'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOTICE } from '../../src/sandbox/notice.ts'
import { builds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { approveDevice, Browser, logInByHttp } from '../support/login.ts'
import { beginDevice, beginLogin, discoverIssuer, logIn } from '../support/openid.ts'
import { requestCertificate } from '../support/sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const EMAIL = 'kim@example.com'

describe.each(builds)('a login at the sandbox, $name', (build) => {
  const directory = `${temporaryFolder('login')}/sandbox`
  let sandbox: SandboxProcess
  let known: client.Configuration
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, directory)
    known = await discoverIssuer(sandbox.urls.issuer)
  })
  afterAll(() => sandbox.stop())

  test('by a browser', async () => {
    const tokens = await logIn(known, EMAIL)
    expect((await requestCertificate(sandbox, tokens.id_token ?? '', EMAIL)).status).toBe(200)
  })

  test('by the device flow', async () => {
    const { device, poll } = await beginDevice(known)
    expect(await approveDevice(device.verification_uri_complete ?? '', EMAIL)).toBe('You are logged in')
    expect((await poll()).claims()).toMatchObject({ email: EMAIL })
  })

  test('by a refresh token, once', async () => {
    const { refresh_token: token = '' } = await logIn(known, EMAIL, { scope: 'openid email offline_access' })
    expect((await client.refreshTokenGrant(known, token)).claims()).toMatchObject({ email: EMAIL })
    await expect(client.refreshTokenGrant(known, token)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('that is cancelled', async () => {
    const { url } = await beginLogin(known)
    expect((await logInByHttp(url.href, { cancel: true })).searchParams.get('error')).toBe('access_denied')
  })

  test('that asks for what there is not', async () => {
    const { url } = await beginLogin(known, { client_id: 'nobody' })
    expect((await new Browser().open(url)).status).toBe(400)
  })

  test('leaves nothing on stderr', () => {
    expect(sandbox.said()).toBe(`${NOTICE}\n`)
  })

  test('has the same keys and client secret after a restart', async () => {
    const remembered = async () => [
      await (await fetch(`${sandbox.urls.issuer}/keys`)).text(),
      await readFile(`${directory}/client_secret`, 'utf8'),
    ]
    const before = await remembered()
    await sandbox.stop()
    sandbox = await startSandboxProcess(build, directory)
    expect(await remembered()).toEqual(before)
    expect((await stat(`${directory}/client_secret`)).mode & 0o777).toBe(0o600)
    const again = await discoverIssuer(sandbox.urls.issuer, 'sigstore-confidential', before[1]?.trim())
    expect((await logIn(again, EMAIL)).claims()).toMatchObject({ aud: 'sigstore-confidential', email: EMAIL })
  })
})

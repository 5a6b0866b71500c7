import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfiguration } from '../../src/compose/assessor.ts'
import { composeLogin } from '../../src/compose/login.ts'
import { expectedIdentity } from '../../src/oidc/expected-identity.ts'
import { serve } from '../support/loopback.ts'
import { serveProvider } from '../support/provider.ts'
import { testWorld } from '../support/world.ts'

/** A login as the configuration in `env` has it, and the person's Ctrl-C. */
async function compose(env: Readonly<Record<string, string>>) {
  const listeners = new Set<() => void>()
  const world = {
    ...testWorld({ env: { ...process.env, ...env } }),
    platform: 'linux',
    onInterrupt(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const door = composeLogin(await readConfiguration(world), undefined)
  return { door, world, listeners, interrupt: () => listeners.forEach((each) => void each()) }
}

test('nothing configured is the public good instance', async () => {
  expect((await compose({})).door.issuer).toBe('https://oauth2.sigstore.dev/auth')
})

test.each<[string, Readonly<Record<string, string>>, object]>([
  ['a terminal', {}, { hasBrowser: false, isShown: true, isUnattended: false, hasGiven: false }],
  ['a display', { DISPLAY: ':0' }, { hasBrowser: true }],
  ['a command that opens pages', { GITSIGIL_URL_OPENER: 'firefox' }, { hasBrowser: true }],
  ['a CI job', { GITHUB_ACTIONS: 'true' }, { isUnattended: true }],
  ['what says that it is no CI job', { CI: 'false' }, { isUnattended: false }],
  ['a given token', { SIGSTORE_ID_TOKEN: 'x' }, { hasGiven: true }],
])('%s is noticed', async (_, env, surroundings) => {
  expect((await compose(env)).door.surroundings).toMatchObject(surroundings)
})

test('the client secret is read from its file, without the line feed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gitsigil-secret-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'secret'), 'hush\n')
  const provider = await serveProvider()
  const env = { GITSIGIL_OIDC_ISSUER: provider.url, GITSIGIL_OIDC_CLIENT_SECRET_FILE: join(folder, 'secret') }
  const { door } = await compose(env)
  expect((await door.logIn('device', false)).token.claims.email).toBe('kim@example.com')
  const authorization = `Basic ${Buffer.from('sigstore:hush').toString('base64')}`
  expect(provider.asked.find(({ path }) => path === '/token')?.headers).toMatchObject({ authorization })
})

test('Ctrl-C ends a login also while the issuer does not answer, and afterwards does what it did before', async () => {
  const { url } = await serve(() => undefined)
  const { door, interrupt, listeners } = await compose({ GITSIGIL_OIDC_ISSUER: url })
  const login = door.logIn('browser', false)
  setTimeout(interrupt, 50)
  await expect(login).rejects.toMatchObject({ code: 'interrupted' })
  expect(listeners.size).toBe(0)
})

test('the code is shown at the terminal, and no question asked that is switched off', async () => {
  const provider = await serveProvider()
  const { door, world } = await compose({ GITSIGIL_OIDC_ISSUER: provider.url, GITSIGIL_CONFIRM_IDENTITY: 'false' })
  const { token } = await door.logIn('device', false)
  await door.confirm(expectedIdentity(token), 'custom')
  expect(world.output(2)).toContain('and enter the code ABCD-EFGH\n')
  expect(world.output(2)).not.toContain('public for ever')
})

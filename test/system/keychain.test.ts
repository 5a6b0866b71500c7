import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/secret.ts'
import { isAbsence, isKeychain, type Keychain, openKeychain, probeKeychain } from '../../src/system/keychain.ts'
import { temporaryFolder } from '../support/folder.ts'
import { hasKeyring, type Keyring, startKeyring } from '../support/keyring.ts'

const folder = temporaryFolder('keychain')
const program = fileURLToPath(new URL('../support/program.ts', import.meta.url))
const command = [process.execPath, program]
const cache = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' }

function open(env: Readonly<Record<string, string>>, options: Parameters<typeof openKeychain>[1] = {}) {
  return openKeychain({ cwd: folder, env: { ...cache, ...env } }, { command, timeout: 10_000, ...options })
}

async function mustOpen(env: Readonly<Record<string, string>>): Promise<Keychain> {
  const opened = await open(env)
  if (!isKeychain(opened)) throw new Error(opened.why)
  return opened
}

describe.skipIf(!hasKeyring)('with gnome-keyring', () => {
  const home = join(folder, 'keyring')
  let keyring: Keyring

  beforeAll(async () => {
    keyring = await startKeyring(home)
  })

  test('what was written is read, listed by its account, replaced and removed', async () => {
    const keychain = await mustOpen(keyring.env)
    expect(await keychain.list()).toEqual([])
    await keychain.write('public-good https://a b@example.com', new Secret('first'))
    await keychain.write('public-good https://a c@example.com', new Secret('other'))
    await keychain.write('public-good https://a b@example.com', new Secret('ünd "so"\n'))
    expect((await keychain.read('public-good https://a b@example.com'))?.reveal()).toBe('ünd "so"\n')
    expect(await keychain.list()).toEqual([
      'public-good https://a b@example.com',
      'public-good https://a c@example.com',
    ])
    await keychain.remove('public-good https://a b@example.com')
    await keychain.remove('never there')
    expect(await keychain.read('public-good https://a b@example.com')).toBeUndefined()
    expect(await (await mustOpen(keyring.env)).list()).toEqual(['public-good https://a c@example.com'])
  })

  test('probing it leaves nothing behind', async () => {
    const keychain = await mustOpen(keyring.env)
    await probeKeychain(keychain)
    expect(await keychain.list()).not.toContain('probe')
  })

  test('a locked one says so when something is to be kept', async () => {
    const locked = await startKeyring(join(folder, 'new'), { locked: true })
    await expect(probeKeychain(await mustOpen(locked.env))).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/^the keychain cannot be used: it is locked/),
    })
    await locked.stop()
  })

  test('a locked one gives nothing away, and has it all again once it is unlocked', async () => {
    await (await mustOpen(keyring.env)).write('kept', new Secret('hidden'))
    await keyring.stop()
    const locked = await startKeyring(home, { locked: true })
    expect(await open(locked.env)).toEqual({ why: 'it is locked, or its module crashed' })
    await locked.stop()
    keyring = await startKeyring(home)
    expect((await (await mustOpen(keyring.env)).read('kept'))?.reveal()).toBe('hidden')
  })
})

describe('without a keychain', () => {
  test('no D-Bus session is a note', async () => {
    const missing = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder}/nobody` }
    expect(await open(missing)).toEqual({ why: expect.stringMatching(/^(there is no D-Bus session|.*libsecret.*)$/) })
  })

  test('gitsigil.keychain=false asks nobody', async () => {
    expect(await open({}, { enabled: false, command: ['/nonexistent'] })).toEqual({ why: 'gitsigil.keychain is false' })
  })

  test('a program that cannot be started, or ends without an answer, is a note', async () => {
    expect(await open({}, { command: ['/nonexistent'] })).toEqual({
      why: 'this program could not be started again to ask it',
    })
    expect(await open({}, { command: [process.execPath, '-e', '0'] })).toEqual({
      why: 'it is locked, or its module crashed',
    })
  })
})

describe('a keychain that never answers', () => {
  const socket = join(folder, 'mute')
  const server = createServer(() => undefined)
  beforeAll(() => new Promise<void>((resolve) => server.listen(socket, resolve)))
  afterAll(() => void server.close())

  test('is given up after the bound, and its process is gone', async () => {
    const started = performance.now()
    const opened = await open({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` }, { timeout: 1_000 })
    expect(opened).toEqual({ why: expect.stringMatching(/^(it did not answer within 1 s|.*libsecret.*)$/) })
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

test.each([
  ['gitsigil.keychain is false', true],
  ['there is no D-Bus session', true],
  ['no keychain service is installed', true],
  ['the library libsecret is not installed', true],
  ['its module (@github/keytar) is not installed', true],
  ['there is no keychain module for plan9-x64', true],
  ['it is locked', false],
  ['it is locked, or its module crashed', false],
  ['it did not answer within 2 s', false],
  ['the keychain cannot be used: unlocking it was refused', false],
])('"%s" says that nothing can be in it: %s', (why, isSo) => {
  expect(isAbsence(why)).toBe(isSo)
})

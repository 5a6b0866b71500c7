import { describe, expect, test } from 'vitest'
import { Fault } from '../../src/errors.ts'
import { type KeptPorts, openKeptLogins } from '../../src/oidc/kept-client.ts'
import { Secret } from '../../src/secret.ts'
import { type MemoryKeychain, memoryKeychain } from '../support/keychain.ts'
import { token } from '../support/token.ts'

const issuer = 'https://issuer.test'
const wanted = { instance: 'toy', issuer, subjects: [], strict: false }
const ACCOUNT = `toy ${issuer} alice@example.com`
const alice = token({ email: 'alice@example.com', email_verified: true })

function ports(keychain: MemoryKeychain, refresh: KeptPorts['refresh'] = async () => undefined) {
  const notes: string[] = []
  return {
    notes,
    open: async () => keychain,
    refresh,
    revoke: async () => true,
    note: (text: string) => void notes.push(text),
  }
}

describe('a login', () => {
  test('is kept under its identity, and the next token comes from it', async () => {
    const keychain = memoryKeychain()
    const asked: string[] = []
    const used = ports(keychain, async (secret) => {
      asked.push(secret.reveal())
      return { token: alice }
    })
    const kept = await openKeptLogins(wanted, used)
    expect(await kept.keep({ token: alice, refreshToken: new Secret('one') })).toBeUndefined()
    expect([...keychain.items]).toEqual([[ACCOUNT, 'one']])
    expect(await kept.token()).toBe(alice)
    expect(asked).toEqual(['one'])
    expect([...keychain.items]).toEqual([[ACCOUNT, 'one']])
  })

  test('whose refresh token is given once is kept anew each time', async () => {
    const keychain = memoryKeychain({ [ACCOUNT]: 'one' })
    const used = ports(keychain, async () => ({ token: alice, refreshToken: new Secret('two') }))
    await (await openKeptLogins(wanted, used)).token()
    expect([...keychain.items]).toEqual([[ACCOUNT, 'two']])
  })

  test('that the issuer has ended is removed, in one line', async () => {
    const keychain = memoryKeychain({ [ACCOUNT]: 'one' })
    const used = ports(keychain)
    expect(await (await openKeptLogins(wanted, used)).token()).toBeUndefined()
    expect([...keychain.items]).toEqual([])
    expect(used.notes).toEqual(['the kept login of alice@example.com has ended'])
  })

  test('stays where the issuer cannot be reached', async () => {
    const keychain = memoryKeychain({ [ACCOUNT]: 'one' })
    const used = ports(keychain, () => Promise.reject(new Fault('network', 'down')))
    await expect((await openKeptLogins(wanted, used)).token()).rejects.toMatchObject({ code: 'network' })
    expect([...keychain.items]).toEqual([[ACCOUNT, 'one']])
  })

  test('of another instance is not touched', async () => {
    const keychain = memoryKeychain({ [`work ${issuer} alice@example.com`]: 'one' })
    const used = ports(keychain, () => Promise.reject(new Error('asked')))
    expect(await (await openKeptLogins(wanted, used)).token()).toBeUndefined()
  })

  test('without a refresh token is not kept, and says why', async () => {
    const kept = await openKeptLogins(wanted, ports(memoryKeychain()))
    expect(await kept.keep({ token: alice })).toBe('the issuer gives no refresh token')
  })

  test('is forgotten, and ended where it came from', async () => {
    const keychain = memoryKeychain({ [ACCOUNT]: 'one', probe: 'x' })
    const ended: unknown[] = []
    const used = ports(keychain)
    const revoke: KeptPorts['revoke'] = async (login, secret) => ended.push([login.issuer, secret.reveal()]) > 0
    const kept = await openKeptLogins(wanted, { ...used, revoke })
    expect(await kept.forget(await kept.list())).toBeUndefined()
    expect([...keychain.items.keys()]).toEqual(['probe'])
    expect(ended).toEqual([[issuer, 'one']])
    expect(used.notes).toEqual([])
  })

  test('is forgotten with all others before anything is told of one', async () => {
    const keychain = memoryKeychain({ [ACCOUNT]: 'one', [`work ${issuer} kim@example.com`]: 'two' })
    const note = () => {
      throw new Fault('closed', 'nobody reads')
    }
    const kept = await openKeptLogins(wanted, { ...ports(keychain), revoke: async () => false, note })
    await expect(kept.list().then(kept.forget)).rejects.toMatchObject({ code: 'closed' })
    expect([...keychain.items.keys()]).toEqual([])
  })

  test.each<[string, KeptPorts['revoke'], string]>([
    ['has no way to end it', async () => false, 'it has no way to'],
    ['cannot be reached', () => Promise.reject(new Fault('network', 'down')), 'down'],
  ])('is forgotten where the issuer %s, and that is a note', async (_, revoke, why) => {
    const keychain = memoryKeychain({ [ACCOUNT]: 'one' })
    const used = ports(keychain)
    const kept = await openKeptLogins(wanted, { ...used, revoke })
    expect(await kept.forget(await kept.list())).toBeUndefined()
    expect([...keychain.items.keys()]).toEqual([])
    expect(used.notes).toEqual([
      `${issuer} has not ended the login of alice@example.com, which is kept no more: ${why}`,
    ])
  })
})

describe('a keychain that is', () => {
  test('absent keeps nothing and fails nothing', async () => {
    const used = { ...ports(memoryKeychain()), open: async () => ({ why: 'there is no D-Bus session' }) }
    const kept = await openKeptLogins(wanted, used)
    expect(kept.why).toBe('there is no D-Bus session')
    expect(await kept.token()).toBeUndefined()
    expect(await kept.list()).toEqual([])
    expect(await kept.keep({ token: alice, refreshToken: new Secret('one') })).toBe('there is no D-Bus session')
  })

  test('locked meanwhile is a note', async () => {
    const keychain = memoryKeychain({ [ACCOUNT]: 'one' })
    const used = ports(keychain)
    const kept = await openKeptLogins(wanted, used)
    keychain.lock()
    expect(await kept.token()).toBeUndefined()
    expect(await kept.keep({ token: alice, refreshToken: new Secret('one') })).toMatch(/it is locked$/)
    expect(await kept.forget(await kept.list())).toMatch(/it is locked$/)
  })
})

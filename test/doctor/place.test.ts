import { expect, test } from 'vitest'
import { checkAgent, checkCache, checkDisplay, checkKeychain, checkTerminal } from '../../src/doctor/place.ts'
import { checkService } from '../../src/doctor/service.ts'

test('no terminal and no keychain are warnings, not failures', () => {
  expect(checkTerminal(false).level).toBe('warn')
  expect(checkKeychain('it is locked', true)).toMatchObject({
    level: 'warn',
    text: 'not used: it is locked: logins are not kept',
  })
  expect(checkKeychain(undefined, true).level).toBe('ok')
  expect(checkKeychain(undefined, false).text).toBe('gitsigil.keychain is false: logins are not kept')
})

test('each way to log in is said', () => {
  const texts = [checkDisplay(true, false), checkDisplay(false, false), checkDisplay(false, true)].map(
    ({ text }) => text,
  )
  expect(texts).toEqual([
    'a login opens in a browser',
    'no browser here: a login shows an address and a code for any device',
    'a CI job: nobody logs in, the job needs an OIDC token',
  ])
})

test.each([
  [{ enabled: true, running: false, keys: 0 }, 'ok', 'does not run; signing starts it'],
  [{ enabled: true, running: true, keys: 1 }, 'ok', 'runs, holds one key'],
  [{ enabled: true, running: true, keys: 0, why: 'it is stuck' }, 'warn', 'not used: it is stuck'],
  [{ enabled: false, running: false, keys: 0 }, 'warn', 'gitsigil.agent is false: each signature needs a login'],
])('an agent %j', (facts, level, text) => {
  expect(checkAgent(facts)).toMatchObject({ level, text })
})

test('an agent in an unsafe place says how to make it safe', () => {
  const facts = { enabled: true, running: true, keys: 0, why: 'it is open to others', hint: 'chmod 700 it' }
  expect(checkAgent(facts)).toMatchObject({ level: 'warn', hint: 'chmod 700 it' })
})

test('a cache that gives keys away is named by its variable', () => {
  expect(checkCache('GITSIGN_CREDENTIAL_CACHE')).toMatchObject([{ level: 'warn' }])
  expect(checkCache(undefined)).toEqual([])
})

test('a service that cannot be reached is a failure with its own words', () => {
  expect(checkService({ name: 'log', url: 'https://log.test', why: 'log at log.test did not answer' })).toMatchObject({
    level: 'fail',
    text: 'log at log.test did not answer',
  })
  expect(checkService({ name: 'log', url: 'https://log.test/x', took: 12.3 }).text).toBe('log.test answers in 12 ms')
})

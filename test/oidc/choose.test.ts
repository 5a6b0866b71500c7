import { describe, expect, test } from 'vitest'
import { chooseSteps, noIdentity, type Surroundings } from '../../src/oidc/choose.ts'

const nowhere: Surroundings = { hasGiven: false, hasBrowser: false, isShown: false, isUnattended: false }
const named = (provider: string | undefined, here: Partial<Surroundings>) =>
  chooseSteps(provider, { ...nowhere, ...here }).map((step) => (step.by === 'login' ? step.flow : step.by))

describe('without a token provider', () => {
  test.each<[string, Partial<Surroundings>, readonly string[]]>([
    ['a given token is the only one looked at', { hasGiven: true, hasBrowser: true }, ['given']],
    ['a person at a display logs in there', { hasBrowser: true }, ['ambient', 'stored', 'browser']],
    ['a person at a terminal without one gets a code', { isShown: true }, ['ambient', 'stored', 'device']],
    ['nobody can log in where nothing is seen', {}, ['ambient', 'stored']],
    ['nor in a CI job, whatever it shows', { isUnattended: true, isShown: true }, ['ambient', 'stored']],
  ])('%s', (_, here, steps) => {
    expect(named(undefined, here)).toEqual(steps)
  })
})

describe('a token provider forces', () => {
  test.each<[string, readonly string[]]>([
    ['envvar', ['given']],
    ['interactive', ['stored', 'browser']],
    ['device', ['stored', 'device']],
    ['github-actions', ['ambient']],
    ['filesystem', ['ambient']],
  ])('%s', (provider, steps) => {
    expect(named(provider, { hasBrowser: true, isShown: true, hasGiven: provider === 'github-actions' })).toEqual(steps)
  })

  test('interactive, without a browser, is a code', () => {
    expect(named('interactive', { isShown: true })).toEqual(['stored', 'device'])
  })

  test('device, where nobody would see the code, is no login', () => {
    expect(named('device', { hasBrowser: true })).toEqual(['stored'])
  })

  test('and names it, so that its absence is a fault', () => {
    expect(chooseSteps('spiffe', nowhere)).toEqual([{ by: 'ambient', provider: 'spiffe' }])
  })
})

test.each<[string | undefined, Partial<Surroundings>, RegExp, RegExp]>([
  [undefined, {}, /neither a browser nor a terminal$/, /gitsigil login/],
  [undefined, { isUnattended: true }, /a CI job/, /id-token: write/],
  ['envvar', {}, /no identity token is given/, /SIGSTORE_ID_TOKEN/],
  ['device', { hasBrowser: true }, /nobody would see the code/, /gitsigil\.logPath/],
])('where nothing gives one (%s, %o) the fault says what to do', (provider, here, message, hint) => {
  const fault = noIdentity(provider, { ...nowhere, ...here })
  expect(fault).toMatchObject({ code: 'identity', message: expect.stringMatching(message) })
  expect(fault.hint).toMatch(hint)
})

test.each([undefined, 'device'])('where no login is kept (%s) none is sent to one that would not last', (provider) => {
  const { hint } = noIdentity(provider, nowhere, 'no D-Bus session')
  expect(hint).toMatch(/^no login is kept \(no D-Bus session\): sign at a terminal, .*gitsigil\.tokenFile$/)
  expect(hint).not.toContain('gitsigil login')
})

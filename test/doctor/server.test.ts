import { expect, test } from 'vitest'
import { checkHooks, checkIgnored, checkMaxAge, checkPushers, checkSeed } from '../../src/doctor/server.ts'

const hook = { name: 'pre-receive', intact: true, isExecutable: true, command: ['/bin/g', 'x'], starts: true }

test.each([
  [[], 'fail', 'none of ours is in /hooks: whatever is pushed is taken'],
  [[hook], 'ok', 'pre-receive judges each push'],
  [[{ ...hook, name: 'update' }], 'ok', 'update judges each ref of a push'],
  [
    [{ ...hook, intact: false }],
    'fail',
    '/hooks/pre-receive was changed since it was installed: nobody knows what it judges',
  ],
  [
    [{ ...hook, isExecutable: false }],
    'fail',
    '/hooks/pre-receive is not executable for this user, so Git does not run it',
  ],
  [
    [{ ...hook, starts: false }],
    'fail',
    '/hooks/pre-receive starts /bin/g x, which is gone or does not run: no push is taken',
  ],
])('a hook: %j', (hooks, level, text) => {
  expect(checkHooks(hooks, '/hooks')).toEqual([expect.objectContaining({ name: 'hook', level, text })])
})

test('where nobody said who may push, a hook takes nothing', () => {
  const text = 'nobody said who may push here: a hook takes nothing'
  expect(checkPushers(0, true)).toMatchObject({ level: 'fail', text })
  expect(checkPushers(0, false)).toMatchObject({ level: 'warn', text })
  expect(checkPushers(2, true)).toEqual({ name: 'allowed', level: 'ok', text: 'gitsigil.allow has 2 entries' })
})

test('trust has to have an end', () => {
  expect(checkMaxAge(30).level).toBe('ok')
  expect(checkMaxAge(undefined)).toMatchObject({ level: 'warn', hint: 'git config gitsigil.trustMaxAge 30' })
})

test('pushes that nobody can sign matter where rewrites have to be signed', () => {
  expect(checkSeed(true, 'signed').level).toBe('ok')
  expect(checkSeed(false, 'signed').level).toBe('warn')
  expect(checkSeed(false, 'any').level).toBe('ok')
})

test('variables that hooks ignore are named', () => {
  expect(checkIgnored([])).toEqual([])
  expect(checkIgnored(['GITSIGIL_ALLOW'])[0]?.text).toMatch(/^GITSIGIL_ALLOW: set here, and ignored by hooks/)
})

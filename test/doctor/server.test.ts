import { expect, test } from 'vitest'
import { checkHooks, checkIgnored, checkMaxAge, checkPushers, checkSeed } from '../../src/doctor/server.ts'

test('where no hook of ours is, whatever is pushed is taken', () => {
  const text = 'none of ours is in /hooks: whatever is pushed is taken'
  expect(checkHooks([], '/hooks')).toEqual([expect.objectContaining({ name: 'hook', level: 'fail', text })])
})

test('of a hook that is not ours nobody says that it takes all', () => {
  const text = '/hooks/update is not ours: what it judges is not known'
  expect(checkHooks([], '/hooks', 'update')).toEqual([expect.objectContaining({ name: 'hook', level: 'warn', text })])
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

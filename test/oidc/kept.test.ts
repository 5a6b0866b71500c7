import { describe, expect, test } from 'vitest'
import { chooseKept, encodeAccount, keptFor, parseAccount } from '../../src/oidc/kept.ts'

const alice = { instance: 'public-good', issuer: 'https://issuer.test/auth', subject: 'alice@example.com' }
const bob = { ...alice, subject: 'bob@example.com' }
const elsewhere = { ...alice, instance: 'work' }
const accounts = [alice, bob, elsewhere].map(encodeAccount)

test('an account names instance, issuer and subject, and is read back', () => {
  expect(accounts[0]).toBe('public-good https://issuer.test/auth alice@example.com')
  const odd = { ...alice, subject: 'a subject with spaces' }
  expect(parseAccount(encodeAccount(odd))).toEqual(odd)
})

test.each(['', 'probe', 'public-good https://issuer.test', 'Bad! https://issuer.test x'])('%j is no login', (text) => {
  expect(parseAccount(text)).toBeUndefined()
})

test('logins of another instance or issuer are not for here', () => {
  expect(keptFor([...accounts, 'probe'], { instance: 'public-good', issuer: 'https://issuer.test/auth/' })).toEqual([
    alice,
    bob,
  ])
})

describe('with several logins', () => {
  test('the first that is wanted is taken', () => {
    const subjects = ['nobody@example.com', 'bob@example.com', 'alice@example.com']
    expect(chooseKept(accounts, { ...alice, subjects, strict: true })).toEqual(bob)
  })

  test('none is guessed', () => {
    expect(chooseKept(accounts, { ...alice, subjects: [], strict: false })).toBeUndefined()
  })

  test('the only one of an instance is taken', () => {
    expect(chooseKept(accounts, { ...elsewhere, subjects: [], strict: false })).toEqual(elsewhere)
  })

  test('the only one of an instance is not taken where somebody else is wanted', () => {
    expect(chooseKept(accounts, { ...elsewhere, subjects: ['bob@example.com'], strict: true })).toBeUndefined()
  })
})

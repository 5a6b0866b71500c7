import { describe, expect, test } from 'vitest'
import { type Expectation, judgeExpected } from '../../src/policy/expect.ts'
import { signer } from '../support/signer.ts'

const ISSUER = 'https://token.actions.githubusercontent.com'
const REPOSITORY = 'https://github.com/example/app'
const subject = `${REPOSITORY}/.github/workflows/release.yml@refs/heads/main`
const workflow = signer({ subject, issuer: ISSUER, claims: { githubWorkflowRepository: 'example/app' } })

function judged(expected: Partial<Expectation>) {
  const all: Expectation = { identity: { exact: subject }, issuer: { exact: ISSUER }, claims: {}, ...expected }
  return judgeExpected(workflow, all, 'public-good', 'public-good')
}

describe('the --certificate flags', () => {
  test('allow the identity and issuer they name', () => {
    expect(judged({}).level).toBe('allowed')
  })

  test('refuse another identity, another issuer, and a claim that differs or is absent', () => {
    expect(judged({ identity: { exact: `${subject}x` } }).level).toBe('refused')
    expect(judged({ issuer: { exact: 'https://accounts.google.com' } }).level).toBe('refused')
    expect(judged({ claims: { githubWorkflowRepository: 'example/other' } }).level).toBe('refused')
    expect(judged({ claims: { githubWorkflowTrigger: 'push' } }).rule).toContain('absent')
  })

  test('match a pattern against the whole name', () => {
    expect(judged({ identity: { regexp: 'https://github\\.com/example/.*' } }).level).toBe('allowed')
    expect(judged({ identity: { regexp: 'example/app' } }).level).toBe('refused')
  })

  test('show the pattern to write where a part of the name would have matched', () => {
    expect(judged({ identity: { regexp: 'example/app' } }).rule).toContain('.*(?:example/app).*')
    expect(judged({ identity: { regexp: 'nobody' } }).rule).not.toContain('.*(?:')
  })

  test('refuse a pattern that is not RE2 as a usage fault', () => {
    expect(() => judged({ identity: { regexp: '(?=a)b' } })).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test('refuse a signer of another instance', () => {
    const expected = { identity: { exact: subject }, issuer: { exact: ISSUER }, claims: {} }
    expect(judgeExpected(workflow, expected, 'partner', 'public-good').level).toBe('refused')
  })
})

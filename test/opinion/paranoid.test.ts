import { describe, expect, test } from 'vitest'
import { readObjects, splitInput } from '../../scripts/fuzzing/object.ts'
import { withSecondOpinion } from '../../src/opinion/paranoid.ts'
import type { Verdict } from '../../src/verify/verdict.ts'
import { verifySignature } from '../../src/verify/verify.ts'
import { hasShared, sharedPath } from '../support/shared.ts'
import { DIFFERENCES } from './differences.ts'

const inputs = readObjects(sharedPath('corpus'), 'fixtures/vectors')
const DISAGREE = 'the verifiers disagree: @sigstore/verify '

interface Compared {
  readonly name: string
  readonly ours: string
  /** Undefined where both say the same. */
  readonly theirs: string | undefined
  readonly both: Verdict
}

function compare(input: (typeof inputs)[number]): readonly Compared[] {
  const { payload, signature } = splitInput(input)
  if (signature === undefined) return []
  const verdict = verifySignature(payload, signature, input.options)
  const both = withSecondOpinion(verdict, signature, input.options)
  const ours = verdict.ok ? 'accepted' : `${verdict.rejection.check}: ${verdict.rejection.why}`
  const [, found] = both.ok ? [] : both.rejection.why.split(DISAGREE)
  const theirs = found?.replace(/^says /, '').replace(/^accepts it$/, 'accepts')
  return [{ name: input.name, ours, theirs, both }]
}

const compared = inputs.flatMap(compare)
const differing = compared.filter(({ theirs }) => theirs !== undefined)

test('nothing is accepted where the verifiers disagree', () => {
  expect(differing.length).toBeGreaterThan(20)
  expect(differing.filter(({ both }) => both.ok).map(({ name }) => name)).toEqual([])
})

test.skipIf(!hasShared)('on real commits and tags they agree, all', () => {
  const real = compared.filter(({ name }) => /\.(commit|tag)$/.test(name))
  expect(real.length).toBeGreaterThan(170)
  expect(real.filter(({ theirs }) => theirs !== undefined).map(({ name }) => name)).toEqual([])
  expect(real.filter(({ both }) => both.ok).length).toBeGreaterThan(100)
})

test('each difference over the vectors has its explanation', () => {
  const unexplained = differing.filter(
    ({ ours, theirs = '' }) => !DIFFERENCES.some((row) => row.ours.test(ours) && row.theirs.test(theirs)),
  )
  expect(unexplained.map(({ name, ours, theirs }) => `${name}: ${ours} / ${theirs}`)).toEqual([])
})

describe('the explanation', () => {
  test.each(DIFFERENCES)('$why', (row) => {
    expect(differing.some(({ ours, theirs = '' }) => row.ours.test(ours) && row.theirs.test(theirs))).toBe(true)
  })
})

test('a rejection on which they agree is left as it is', () => {
  const agreed = compared.filter(({ ours, theirs }) => ours.startsWith('chain') && theirs === undefined)
  expect(agreed.length).toBeGreaterThan(5)
  for (const { ours, both } of agreed)
    expect(both.ok ? '' : `${both.rejection.check}: ${both.rejection.why}`).toBe(ours)
})

// `verify-bundle --paranoid`: nothing is accepted where the verifiers disagree, and they rarely do.
import { describe, expect, test } from 'vitest'
import { judgeBundle } from '../../scripts/fuzzing/bundle.ts'
import { readInputs } from '../../scripts/fuzzing/inputs.ts'
import { withBundleOpinion } from '../../src/opinion/paranoid.ts'
import { verifyBundle } from '../../src/verify/bundle.ts'
import { hasShared, sharedPath } from '../support/shared.ts'
import { DIFFERENCES } from './differences.ts'

// The second verifier takes its time, and on the signatures of Git paranoid.test.ts asks it about each.
const sample = readInputs(sharedPath(''), 'fixtures/vectors').filter(
  ({ name }, i) => name.endsWith(' by path') || i % 6 === 0,
)
const inputs = sample.flatMap((input) => {
  if (input.kind !== 'bundle' || input.key !== undefined || !(input.artifact instanceof Uint8Array)) return []
  return [{ ...input, artifact: input.artifact }]
})

function reasonOn(input: (typeof inputs)[number]) {
  const verdict = verifyBundle(input.bytes, input.artifact, input.options)
  const both = withBundleOpinion(verdict, input.bytes, input.artifact, input.options)
  return { name: input.name, verdict, both, why: both.ok ? '' : both.rejection.why }
}

const judged = inputs.map(reasonOn)
const differing = judged.filter(({ why }) => why.includes('the verifiers disagree'))

test('where they disagree nothing is accepted, and a rejection stays one', () => {
  expect(differing.length).toBeGreaterThan(5)
  expect(differing.filter(({ both }) => both.ok)).toEqual([])
  expect(judged.filter(({ verdict, both }) => !verdict.ok && both.ok)).toEqual([])
})

test('each difference has its explanation', () => {
  const unexplained = differing.filter(({ verdict, why }) => {
    const ours = verdict.ok ? 'accepted' : `${verdict.rejection.check}: ${verdict.rejection.why}`
    const theirs = why
      .replace(/^.*the verifiers disagree: @sigstore\/verify (says )?/, '')
      .replace('accepts it', 'accepts')
    return !DIFFERENCES.some((row) => row.ours.test(ours) && row.theirs.test(theirs))
  })
  expect(unexplained.map(({ name, why }) => `${name}: ${why}`)).toEqual([])
})

describe.skipIf(!hasShared)('over the conformance cases', () => {
  test('they agree on all that are accepted', () => {
    const cases = judged.filter(({ name }) => name.endsWith(' by path'))
    expect(cases.filter(({ verdict }) => verdict.ok).length).toBeGreaterThan(9)
    expect(
      cases.filter(({ verdict, both }) => verdict.ok && !both.ok).map(({ name, why }) => `${name}: ${why}`),
    ).toEqual([])
  })
})

test('the inputs are those of the fuzzer', () => {
  expect(inputs.map(judgeBundle).filter(({ ok }) => ok).length).toBe(judged.filter(({ verdict }) => verdict.ok).length)
})

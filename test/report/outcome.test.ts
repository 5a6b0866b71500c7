import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Finding, JudgedRecord } from '../../src/history/record.ts'
import { exitOf } from '../../src/history/summarize.ts'
import { Tally } from '../../src/history/tally.ts'
import { OUTCOMES, outcomeOf, RULES } from '../../src/report/outcome.ts'
import { CHECKS } from '../../src/verify/verdict.ts'
import { ONE_OF_EACH, record, withoutJudgement } from '../support/records.ts'

const fault: Finding = { state: 'fault', code: 'git', why: 'missing' }

test('there is one of each', () => {
  expect(ONE_OF_EACH.slice(0, OUTCOMES.length).map((one) => outcomeOf(one).name)).toEqual(OUTCOMES)
})

test('what nobody judged is an error, even a good signature', () => {
  expect(outcomeOf(withoutJudgement(record()))).toMatchObject({ name: 'verified', severity: 'error' })
})

test('a fault is an error whatever a policy says', () => {
  const judgement = { level: 'allowed', rule: 'all', warn: true } as const
  expect(outcomeOf(record({ finding: fault, judgement }))).toMatchObject({ name: 'fault', severity: 'error' })
})

test('a policy that only warns makes a warning, never a pass', () => {
  const judgement = { level: 'refused', rule: 'no', warn: true } as const
  for (const finding of [record().finding, { state: 'unsigned' } as const])
    expect(outcomeOf(record({ finding, judgement })).severity).toBe('warning')
})

test('a rejection says which check failed, and the rule that refused it stands behind its place', () => {
  const finding: Finding = { state: 'rejected', check: 'sct', why: 'no log has it' }
  expect(outcomeOf(withoutJudgement(record({ finding })))).toMatchObject({
    rule: 'rejected-sct',
    message: 'sct: no log has it',
  })
  const judgement = { level: 'refused', rule: 'nobody of ours', policy: 'policy.yaml:3' } as const
  expect(outcomeOf(record({ judgement })).message).toBe('nobody of ours (policy.yaml:3)')
})

test('each check has a rule id of its own', () => {
  expect(CHECKS.filter((check) => !Object.hasOwn(RULES, `rejected-${check}`))).toEqual([])
})

test('the status of a run is 0 exactly where nothing in it is an error, whatever was found and judged', () => {
  const finding = fc.constantFrom<Finding>(
    record().finding,
    { state: 'rejected', check: 'log', why: '' },
    { state: 'unsigned' },
    { state: 'foreign', format: 'ssh' },
    fault,
  )
  const judgement = fc.record(
    {
      level: fc.constantFrom('allowed', 'unknown', 'exempt', 'refused'),
      rule: fc.constant(''),
      warn: fc.constant(true),
    },
    { requiredKeys: ['level', 'rule'] },
  )
  const judged = fc.record({ finding, judgement }, { requiredKeys: ['finding'] })
  fc.assert(
    fc.property(fc.array(judged, { maxLength: 5 }), fc.boolean(), (all, isExpected) => {
      const tally = new Tally()
      const records: readonly JudgedRecord[] = all.map(({ finding, judgement }) => {
        const one = withoutJudgement(record({ finding }))
        // Where nobody said who may sign, nobody judges; and what could not be looked at is judged by nobody.
        return isExpected && judgement !== undefined && finding.state !== 'fault' ? { ...one, judgement } : one
      })
      for (const one of records) tally.add(one)
      const hasError = records.some((one) => outcomeOf(one).severity === 'error')
      expect(exitOf(tally.counts(), isExpected) === 0).toBe(!hasError)
    }),
    { numRuns: 500 },
  )
})

// 10,000 mutants of the corpus and the vectors; scripts/fuzz makes more. FUZZ_SEED repeats a run.
import { randomInt } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'
import { explain } from '../scripts/fuzzing/explain.ts'
import { FREE } from '../scripts/fuzzing/free.ts'
import { type Input, readInputs } from '../scripts/fuzzing/inputs.ts'
import { judgeInput } from '../scripts/fuzzing/judge.ts'
import { learn } from '../scripts/fuzzing/learn.ts'
import type { ObjectInput } from '../scripts/fuzzing/object.ts'
import { fuzz, MOST_TIMES, makeCase, type Report } from '../scripts/fuzzing/run.ts'
import { isTooMuch, MOST_WORK } from '../scripts/fuzzing/work.ts'
import { sharedPath } from './support/shared.ts'

const CASES = 10_000
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31))
const inputs = readInputs(sharedPath(''), 'fixtures/vectors')

describe(`${CASES} mutants of signed objects, seed ${seed}`, () => {
  let report: Report
  beforeAll(() => {
    console.log(`fuzz: seed ${seed}`)
    setFlagsFromString('--expose-gc')
    report = fuzz(inputs, { seed, first: 0, count: CASES }, runInNewContext('gc') as () => void)
  }, 300_000)

  test('are all rejected, or say what a good object says; none throws, none takes long', () => {
    expect(report.findings.map(({ index, input, why }) => `case ${index} of ${input}: ${why}`)).toEqual([])
  })

  test('reach every check', () => {
    expect(Object.keys(report.rejected).sort()).toEqual([
      'chain',
      'digest',
      'format',
      'log',
      'sct',
      'signature',
      'time',
    ])
  })

  test('cost little more work than good ones', () => {
    expect(isTooMuch(report.mostWork), JSON.stringify([report.mostWork, MOST_WORK])).toBe(false)
    expect(Object.values(report.mostWork).filter((one) => one === 0)).toEqual([])
    expect(report.slowest / report.medianGood).toBeLessThan(MOST_TIMES)
  })

  test('leave nothing behind in memory', () => {
    const [early, late] = report.heap
    expect(late - early).toBeLessThan(16 << 20)
  })
})

describe('the fuzzer', () => {
  test('makes the same case of the same seed', () => {
    const bytes = () => Buffer.from(makeCase(inputs, 7, 123).mutant.bytes).toString('hex')
    expect(bytes()).toBe(bytes())
  })

  test('finds a verifier that takes another object for the one that was signed', () => {
    const { known } = learn(inputs.filter(({ name }) => name.startsWith('good-v')))
    const [accepted] = [...known.good.values()].flat()
    if (accepted === undefined) return expect.fail('nothing is good')
    const lied: ObjectInput = { ...accepted.input, bytes: new Uint8Array() }
    expect(explainLie(accepted, known, lied)).toEqual({ ok: false, why: 'accepted with another payload' })
  })

  test('has a reason for each part that may differ', () => {
    expect(Object.values(FREE).every((why) => why.length > 20)).toBe(true)
  })
})

function explainLie(accepted: Parameters<typeof explain>[0], known: Parameters<typeof explain>[1], input: ObjectInput) {
  return explain({ ...accepted, input, payload: new Uint8Array() }, known)
}

describe('found by the fuzzer', () => {
  const named = (name: string) => inputs.find((one) => one.name === name) ?? expect.fail(`no input ${name}`)
  const changed = (name: string, change: (entry: Record<string, unknown>) => void): Input => {
    const input = named(name)
    const members = JSON.parse(Buffer.from(input.bytes).toString())
    change(members.verificationMaterial.tlogEntries[0])
    return { ...input, bytes: Buffer.from(JSON.stringify(members)) }
  }

  test('of a v1 entry without SET nobody proves the index: in a bundle with a timestamp it may be any', () => {
    const renumbered = changed('log-stamped-set-missing as a bundle', (entry) =>
      Object.assign(entry, { logIndex: '7' }),
    )
    expect(judgeInput(renumbered)).toMatchObject({ ok: true, accepted: { verdict: { entry: { logIndex: 7n } } } })
  })

  test('with its SET the index is proven, by a timestamp or not', () => {
    for (const name of ['good-v1', 'good-v1-stamped']) {
      const renumbered = changed(`${name} as a bundle`, (entry) => Object.assign(entry, { logIndex: '7' }))
      expect(judgeInput(renumbered)).toMatchObject({ ok: false })
    }
  })

  test('a bundle whose log dates it too late is good by its timestamp alone; a Git signature needs both', () => {
    const undated = changed('chain-log-time-outside as a bundle', (entry) => delete entry['inclusionPromise'])
    expect(judgeInput(named('chain-log-time-outside as a bundle'))).toMatchObject({ ok: false, check: 'chain' })
    expect(judgeInput(undated)).toMatchObject({ ok: true, accepted: { verdict: { times: [{ source: 'timestamp' }] } } })
    expect(judgeInput(named('log-stamped-set-missing'))).toMatchObject({ ok: false, check: 'log' })
  })
})

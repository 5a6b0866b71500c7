// The forms that other programs read, and what an attacker who names things can put into them: nothing.
import { describe, expect, test } from 'vitest'
import { createAnnotations } from '../../src/report/annotations.ts'
import { createHistoryText } from '../../src/report/history-text.ts'
import { createJunit } from '../../src/report/junit.ts'
import { createMarkdown } from '../../src/report/markdown.ts'
import { createSarif } from '../../src/report/sarif.ts'
import { EVIL, HOSTILE, ONE_OF_EACH, oidOf, RAW, record, START, summary } from '../support/records.ts'
import { reportOf } from '../support/report.ts'

const hostile = summary({
  range: EVIL,
  tips: [{ name: EVIL, oid: oidOf(1) }],
  signers: [{ instance: EVIL, issuer: EVIL, subject: EVIL, signatures: 3 }],
})

test.each([createHistoryText, createSarif, createJunit, createAnnotations, createMarkdown])(
  'nothing that hides or moves a cursor stands raw in %o',
  (create) => {
    const lines = reportOf(create(), [...ONE_OF_EACH, ...HOSTILE], hostile).split('\n')
    expect(lines.filter((line) => RAW.test(line))).toEqual([])
  },
)

describe('text', () => {
  const text = reportOf(createHistoryText(), ONE_OF_EACH)

  test('has a line for each place, then totals, signers and the verdict on the whole', () => {
    const lines = text.split('\n')
    expect(lines.slice(0, 2)).toEqual([
      `allowed   ${oidOf(1)}  kim@example.com (https://issuer.example)`,
      `exempt    ${oidOf(2)}`,
    ])
    expect(lines.slice(ONE_OF_EACH.length)).toEqual([
      '',
      '10 objects and 1 merged tag: 2 allowed, 1 exempt, 1 verified, 1 unknown, 2 refused, ' +
        '1 rejected, 1 unsigned, 1 foreign, 1 fault; for 1 of them the policy only warns',
      '  6  kim@example.com (https://issuer.example)',
      'v1..main: not all could be checked, in 1.5 s',
      '',
    ])
  })

  test('names no signer of what was not accepted', () => {
    const line = text.split('\n').find((one) => one.startsWith('rejected'))
    expect(line).toBe(`rejected  ${oidOf(6)}  log: not in the log`)
  })
})

describe('SARIF', () => {
  const { version, runs } = JSON.parse(reportOf(createSarif(), [...ONE_OF_EACH, ...HOSTILE]))
  const [run] = runs

  test('has what the schema of SARIF 2.1.0 requires', () => {
    expect([version, runs.length, run.tool.driver.name]).toEqual(['2.1.0', 1, 'gitsigil'])
    for (const { ruleId, ruleIndex, level, message, locations } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId)
      expect(['warning', 'error']).toContain(level)
      expect(typeof message.text).toBe('string')
      expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^[0-9a-f]{40}$/)
    }
    expect(run.invocations).toEqual([
      {
        executionSuccessful: false,
        exitCode: 3,
        startTimeUtc: new Date(START).toISOString(),
        endTimeUtc: new Date(START + 1500).toISOString(),
      },
    ])
  })

  test('has a result for each place that is not good, and for no other', () => {
    expect(run.results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual([
      ...['verified', 'unknown', 'refused', 'rejected-log', 'unsigned', 'foreign', 'fault', 'refused'],
      ...['refused', 'rejected-format', 'fault'],
    ])
    expect(run.results.filter(({ level }: { level: string }) => level === 'warning')).toHaveLength(1)
  })

  test('lets nobody write a link or a placeholder', () => {
    const { text } = run.results.at(-2).message
    expect(text).toContain('\\[a\\](javascript:x)')
    expect(text).toContain('{{0}}')
  })
})

describe('JUnit', () => {
  test('counts in the suite what its cases are', () => {
    const xml = reportOf(createJunit(), ONE_OF_EACH)
    const suite = /<testsuite [^>]*>/.exec(xml)?.[0] ?? ''
    expect(suite).toContain(
      'name="gitsigil verify v1..main" tests="11" failures="6" errors="1" skipped="1" time="1.500"',
    )
    const count = (element: string) => xml.split(`<${element} `).length - 1
    expect([count('testcase'), count('failure'), count('error'), count('skipped')]).toEqual([11, 6, 1, 1])
  })

  test('lets nobody write an element, an attribute or a character that XML has not', () => {
    const xml = reportOf(createJunit(), HOSTILE, hostile)
    expect(xml.match(/<[a-z]+/g)).toEqual([
      ...['<testsuites', '<testsuite'],
      ...['<testcase', '<failure', '<testcase', '<failure', '<testcase', '<error'],
    ])
    expect(xml).not.toMatch(/[\ufffe\uffff]/)
    expect(xml).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/)
  })
})

describe('GitHub annotations', () => {
  test('are one command a line, whatever a name holds', () => {
    const lines = reportOf(createAnnotations(), HOSTILE, hostile).split('\n').slice(0, -1)
    expect(lines).toHaveLength(HOSTILE.length + 1)
    for (const line of lines) {
      expect(line).toMatch(/^::(error|warning|notice) title=[^:,]*::/)
      expect(line).not.toContain('##[')
      expect(line).not.toMatch(/%(?!25|0A|0D)/)
    }
  })

  test('stop at a hundred, and say how many there are more', () => {
    const many = Array.from({ length: 130 }, (_, at) => record({ oid: oidOf(at), finding: { state: 'unsigned' } }))
    const unjudged = many.map(({ judgement: _, ...one }) => one)
    const lines = reportOf(createAnnotations(), unjudged).split('\n').slice(0, -1)
    expect(lines).toHaveLength(102)
    expect(lines.at(-2)).toBe('::warning title=gitsigil::30 more are not shown here')
    expect(lines.at(-1)).toBe('::error title=gitsigil::v1..main: 130 objects: 130 unsigned')
  })

  test('end with a notice where all is well', () => {
    expect(reportOf(createAnnotations(), [record()], summary({ exit: 0 }))).toBe(
      '::notice title=gitsigil::v1..main: 1 object: 1 allowed\n',
    )
  })
})

describe('Markdown', () => {
  test('holds no character of a name that means something in Markdown or HTML', () => {
    const text = reportOf(createMarkdown(), HOSTILE, hostile)
    const bare = text
      .replace(/<\/?code>/g, '')
      .replace(/&#\d+;/g, '')
      .replace(/^\| (?:--- \| )*--- \|$/gm, '')
    expect(bare).not.toMatch(/[<>&`*_[\]()!\\{}~@]/)
    expect(text.match(/<(?!\/?code>)/g)).toBeNull()
    expect(text.split('\n').filter((line) => line.startsWith('|') && line.split(' | ').length > 4)).toEqual([])
  })

  test('stays below what a step may summarise, however much is wrong', () => {
    const many = Array.from({ length: 5000 }, () => HOSTILE).flat()
    expect(Buffer.byteLength(reportOf(createMarkdown(), many, hostile))).toBeLessThan(1 << 20)
  })
})

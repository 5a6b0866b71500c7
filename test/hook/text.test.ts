import { describe, expect, test } from 'vitest'
import type { Finding, JudgedRecord } from '../../src/history/record.ts'
import { type Refusal, refuseRecord } from '../../src/hook/refusal.ts'
import { MOST_LISTED, refusalText, warningText, wrap } from '../../src/hook/text.ts'

const oid = '1a2b3c4d5e6f'.padEnd(40, '0')

function record(finding: Finding, more: Partial<JudgedRecord> = {}): JudgedRecord {
  return { oid, kind: 'commit', algorithm: 'sha1', subject: 'fix it', parents: [oid], finding, ...more }
}

function refusal(more: Partial<JudgedRecord> = {}, finding: Finding = { state: 'unsigned' }): Refusal {
  const found = refuseRecord(record(finding, more), 'refs/heads/main')
  if (found === undefined) throw new Error('it passes')
  return found
}

test('the first line says what happened, then come ref, object, reason and the way out', () => {
  expect(refusalText('gitsigil', 'push', [refusal()])).toBe(
    [
      'gitsigil: push refused',
      'refs/heads/main',
      '  commit 1a2b3c4d5e6f "fix it"',
      '    not signed',
      'hint: sign the commits that are yours, from the oldest on:',
      '  git rebase -r -f -S 1a2b3c4d5e6f^',
      '',
    ].join('\n'),
  )
})

test('a tag that a merge carries is not mended by signing anew', () => {
  expect(refusalText('gitsigil', 'push', [refusal({ kind: 'mergetag' })])).toContain(
    "hint: make the merge anew, of the commit without its tag:\n  git merge 'TAG^{commit}'\n",
  )
})

describe('of an authority or log that this repository does not know', () => {
  const why = 'the log entry is of a log that is not in the trusted root'
  const stranger = refusal({}, { state: 'rejected', check: 'time', why })

  test('its own side is named last, and with when that is right', () => {
    expect(refusalText('gitsigil', 'push', [stranger])).toBe(
      [
        'gitsigil: push refused',
        'refs/heads/main',
        '  commit 1a2b3c4d5e6f "fix it"',
        '    its signature is not accepted (time): the log entry is of a log',
        '    that is not in the trusted root',
        'hint: sign the commits that are yours, from the oldest on:',
        '  git rebase -r -f -S 1a2b3c4d5e6f^',
        'hint: if that instance is one that you run or trust, whoever runs the',
        '      repository can name a trusted root that lists it there: hooks go',
        '      by that setting, and never by what the environment of a push has',
        "      (a sandbox's: gitsigil sandbox env --format git):",
        '  git config gitsigil.trustedRoot FILE',
        '',
      ].join('\n'),
    )
  })

  test('last of all, whatever else is refused', () => {
    const others = [refusal({ kind: 'tag' }), refusal({ kind: 'mergetag' })]
    const text = refusalText('gitsigil', 'push', [stranger, ...others])
    expect(text.match(/^hint: \w+ \w+/gm)).toEqual([
      'hint: sign the',
      'hint: make the',
      'hint: make the',
      'hint: if that',
    ])
  })
})

test.each<Finding>([
  { state: 'rejected', check: 'signature', why: 'the trusted root' },
  { state: 'rejected', check: 'time', why: 'the proven time lies in the future' },
  { state: 'rejected', check: 'log', why: 'the log entry is about another signature' },
  { state: 'unsigned' },
])('no other trusted root makes %j a good one, so none is asked for', (finding) => {
  expect(refusalText('gitsigil', 'push', [refusal({}, finding)])).not.toContain('gitsigil.trustedRoot')
})

test('many objects are counted, some are listed, and advice stands once, about the oldest', () => {
  const many = Array.from({ length: 25 }, (_, at) => refusal({ oid: String(at).padStart(12, '0').padEnd(40, 'f') }))
  const text = refusalText('gitsigil', 'push', many)
  expect(text).toMatch(/^gitsigil: push refused: 25 objects do not pass\nrefs\/heads\/main\n/)
  expect(text.match(/^ {2}commit /gm)).toHaveLength(MOST_LISTED)
  expect(text).toContain(`\n  ... and ${25 - MOST_LISTED} more\n`)
  expect(text.match(/^hint: /gm)).toHaveLength(1)
  expect(text).toContain(' 000000000024^\n')
})

test('a ref stands once above what belongs to it', () => {
  const text = refusalText('gitsigil', 'push', [refusal(), refusal(), { ref: 'refs/tags/v1', why: 'a moved tag' }])
  expect(text.match(/^refs\/.*/gm)).toEqual(['refs/heads/main', 'refs/tags/v1'])
})

test('no line is longer than a terminal with `remote: ` before it, but for what is to be copied', () => {
  const why = 'words '.repeat(60).trim()
  const text = refusalText('gitsigil', 'push', [{ ...refusal({ subject: 'x'.repeat(300) }), why }])
  const long = text.split('\n').filter((line) => line.length > 72)
  expect(long).toEqual([])
  expect(wrap('x'.repeat(200), '  ', '  ')).toEqual([`  ${'x'.repeat(200)}`])
})

test('nothing that was pushed moves the cursor or hides', () => {
  const evil = 'a\u001b[2Jb\u202ec\nremote: all is well'
  const refusals = [
    refusal({ subject: evil }),
    { ref: `refs/heads/${evil}`, why: evil, ways: [{ says: evil }] },
    refusal({}, { state: 'rejected', check: 'format', why: evil }),
  ]
  for (const text of [refusalText('gitsigil', 'push', refusals), warningText('gitsigil', 'x', refusals)]) {
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('\u202e')
    expect(text).not.toMatch(/^remote/m)
  }
})

describe('why an object does not pass', () => {
  const facts = { identity: { subject: 'mallory@example.com', issuer: 'https://issuer.test' } }
  const accepted = { state: 'accepted', facts } as unknown as Finding
  test.each<[string, Finding, Partial<JudgedRecord>, string]>([
    ['OpenPGP', { state: 'foreign', format: 'openpgp' }, {}, 'signed with OpenPGP, which nothing here allows'],
    [
      'a bad signature',
      { state: 'rejected', check: 'digest', why: 'w' },
      {},
      'its signature is not accepted (digest): w',
    ],
    ['a fault', { state: 'fault', code: 'git', why: 'missing' }, {}, 'could not be checked: missing'],
    [
      'somebody else',
      accepted,
      { judgement: { level: 'unknown', rule: 'r' } },
      'signed by mallory@example.com (https://issuer.test): r',
    ],
    ['nobody was named', accepted, {}, 'signed by mallory@example.com (https://issuer.test): nobody said who may sign'],
    ['a policy', { state: 'unsigned' }, { judgement: { level: 'refused', rule: 'r', policy: 'p:1' } }, 'not signed; r'],
  ])('%s', (_, finding, more, why) => {
    expect(refusal(more, finding).why).toBe(why)
  })

  test.each<Partial<JudgedRecord>>([
    { judgement: { level: 'allowed', rule: '' } },
    { judgement: { level: 'exempt', rule: '' } },
    { judgement: { level: 'refused', rule: '', warn: true } },
  ])('it passes with %j', (more) => {
    expect(refuseRecord(record({ state: 'unsigned' }, more), 'refs/heads/main')).toBeUndefined()
  })
})

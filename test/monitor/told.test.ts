import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { issueText, titleOf } from '../../src/monitor/issue.ts'
import { checkAddress, mailText } from '../../src/monitor/mail.ts'
import { encodeSighting, parseSighting, sightingDocument } from '../../src/monitor/sighting.ts'
import { headLine, sightingText } from '../../src/monitor/text.ts'
import { readMail } from '../support/mail-server.ts'
import { violations } from '../support/schema.ts'
import { entrySighting, HOSTILE, logSighting } from '../support/sightings.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come out raw
const RAW = /[\r\u001b\u202e]/
const NOON = Date.parse('2026-06-15T12:00:00Z')
const envelope = { from: 'monitor@example.com', to: ['kim@example.com', 'lee@example.com'] }
const hostile = entrySighting({ subject: HOSTILE, issuer: HOSTILE, why: HOSTILE, watched: HOSTILE, hashes: [HOSTILE] })

test('an alert in lines', () => {
  expect(sightingText(entrySighting())).toBe(
    `ALERT: entry 7 of https://log.example by alice@example.com (https://accounts.example.com): uncovered: signed as you, not in any repository you named
  watched as   alice
  kind         hashedrekord 0.0.1
  hash         sha256:${'12'.repeat(32)}
  certificate  of 2026-06-01T12:00:00.000Z, SHA-256 ${'ef'.repeat(32)}
  look at it   gitsigil log get --url https://log.example 1007
`,
  )
})

test('an honest entry in one line', () => {
  const objects = [{ repository: '/r', kind: 'commit', oid: 'ab'.repeat(20), how: 'embedded' } as const]
  const { why: _, ...rest } = entrySighting({ kind: 'covered', alert: false, objects })
  expect(sightingText(rest)).toBe(
    `entry 7 of https://log.example by alice@example.com (https://accounts.example.com): commit ${'ab'.repeat(20)} in /r\n`,
  )
})

test('what is wrong with a log names its evidence', () => {
  expect(sightingText(logSighting())).toBe(
    'ALERT: https://log.example (fork): the tree has two roots for one size\n  kept in      /state/x.fork.json\n',
  )
})

test('a sighting reads back as it was written', () => {
  for (const one of [hostile, logSighting()]) {
    const line = Buffer.from(encodeSighting(one)).toString()
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(parseSighting(line)).toEqual({ version: 1, ...one })
  }
  expect(() => parseSighting('{"version":2}')).toThrow('not one of this version')
})

test('what is told in JSON is as schema/monitor.schema.json says', () => {
  const schema = JSON.parse(readFileSync('schema/monitor.schema.json', 'utf8'))
  const object = { repository: '/r', kind: 'commit', oid: 'ab'.repeat(20), how: 'embedded' } as const
  for (const one of [hostile, entrySighting({ objects: [object], near: [object], repeats: 3 }), logSighting()])
    expect(violations(schema, sightingDocument(one))).toEqual([])
  expect(violations(schema, { ...sightingDocument(logSighting()), more: 1 })).not.toEqual([])
})

describe('what a certificate says is text', () => {
  test('in lines: no cursor moves and no line is added', () => {
    const text = sightingText(hostile)
    expect(text).not.toMatch(RAW)
    expect(headLine(hostile)).not.toMatch(/\n/)
    expect(text.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([])
  })

  test('in a mail: no header is added, whatever it is', () => {
    const mail = mailText([hostile, logSighting({ why: HOSTILE })], envelope, NOON)
    const { header, body } = readMail(mail)
    expect(header.map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      ...['From', 'To', ' lee@example.com'.slice(0, -1), 'Subject', 'Date', 'Message-ID', 'Auto-Submitted'],
      ...['MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'],
    ])
    expect(mail).toMatch(/^[\x20-\x7e\r\n]*$/)
    expect(body).toContain('Bcc: c@d.example')
    expect(body).not.toMatch(RAW)
  })

  test('in an issue: neither Markdown nor HTML nor a mention', () => {
    const text = issueText([hostile, logSighting({ why: HOSTILE })])
    expect(text).not.toMatch(/<script|@team|\]\(/)
    expect(text).not.toMatch(RAW)
    const rows = text.split('\n').filter((line) => line.startsWith('|'))
    expect(rows).toHaveLength(4)
    for (const row of rows) expect(row.split('|')).toHaveLength(8)
  })
})

test('an issue of many alerts is as long as a forge takes, and says how many are left', () => {
  const many = Array.from({ length: 500 }, (_, index) => entrySighting({ id: `log:${index}`, index }))
  const text = issueText(many)
  const rows = text.split('\n').filter((line) => line.startsWith('| 2')).length
  expect([text.length < 65_536, rows > 50, text.includes(`and ${500 - rows} more`)]).toEqual([true, true, true])
})

test('a title counts, and holds no word from outside', () => {
  expect(titleOf([hostile])).toBe('gitsigil monitor: 1 log entry to look at')
  expect(titleOf([hostile, hostile, logSighting()])).toBe(
    'gitsigil monitor: 2 log entries to look at, 1 thing wrong with a log',
  )
})

test('the same alerts make the same Message-ID, others another', () => {
  const idOf = (text: string) => readMail(text).header.find((line) => line.startsWith('Message-ID'))
  const id = idOf(mailText([entrySighting()], envelope, NOON))
  expect(idOf(mailText([entrySighting({ why: 'x' })], envelope, NOON + 1000))).toBe(id)
  expect(idOf(mailText([logSighting()], envelope, NOON))).not.toBe(id)
})

test.each([
  'kim@example.com\r\nBcc: x@y.example',
  'Kim <kim@example.com>',
  'a@b.example,c@d.example',
  'kim',
  'kim@',
  'kim@ex ample',
])('%j is no address', (text) => {
  expect(() => checkAddress(text, 'mail-to')).toThrow(expect.objectContaining({ code: 'usage' }))
})

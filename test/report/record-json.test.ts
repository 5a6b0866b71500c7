import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { createHistoryJson } from '../../src/report/history-json.ts'
import { createJsonLines } from '../../src/report/jsonl.ts'
import { recordDocument } from '../../src/report/record-json.ts'
import { parseRecord } from '../../src/report/record-parse.ts'
import { jsonObject } from '../../src/trust/json.ts'
import { HOSTILE, ONE_OF_EACH, RAW, record, summary } from '../support/records.ts'
import { reportOf } from '../support/report.ts'

const text = readFileSync(new URL('../../schema/history.schema.json', import.meta.url), 'utf8')
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, validateFormats: false })
ajv.addSchema(JSON.parse(text), 'history')
const isReport = ajv.getSchema('history')
const isLine = ajv.getSchema('history#/$defs/line')
const records = [...ONE_OF_EACH, ...HOSTILE]
const parsed = (document: unknown) => parseRecord(jsonObject(document, 'line 1'))

test('the JSON document is as its schema says, header, records and summary', () => {
  const document: unknown = JSON.parse(reportOf(createHistoryJson(), records, summary({ shard: { index: 1, of: 2 } })))
  isReport?.(document)
  expect(isReport?.errors ?? []).toEqual([])
})

test('a run without records is a document too', () => {
  const document: unknown = JSON.parse(reportOf(createHistoryJson(), []))
  expect(isReport?.(document)).toBe(true)
})

test('JSON lines begin with the header and end with the summary, and each is as the schema says', () => {
  const lines = reportOf(createJsonLines(), records).split('\n')
  expect(lines.pop()).toBe('')
  const documents = lines.map((line) => JSON.parse(line) as { readonly type: string })
  const wrong = documents.filter((document) => isLine?.(document) !== true)
  expect(wrong).toEqual([])
  expect(documents.map(({ type }) => type)).toEqual(['header', ...records.map(() => 'record'), 'summary'])
})

test.each([createHistoryJson, createJsonLines])(
  'no character that hides or moves a cursor stands in it raw: %o',
  (create) => {
    const lines = reportOf(create(), records).split('\n')
    expect(lines.filter((line) => RAW.test(line))).toEqual([])
  },
)

test('the schema refuses a member that it does not know', () => {
  expect(isLine?.({ ...recordDocument(record()), extra: 1 })).toBe(false)
})

describe('a record read back', () => {
  test.each(records.map((one) => [one.oid, one] as const))('is the record that was written: %s', (_, one) => {
    expect(parsed(JSON.parse(JSON.stringify(recordDocument(one))))).toEqual(one)
  })

  test.each([
    ['object', 'main'],
    ['kind', 'blob'],
    ['objectFormat', 'md5'],
    ['verdict', 'good'],
    ['times', []],
    ['times', [{ source: 'committer', time: '2026-01-05T10:00:00.000Z', authority: '' }]],
    ['times', [{ source: 'log', time: 'today', authority: '' }]],
    ['skipped', ['everything']],
    ['judgement', { level: 'fine', rule: '' }],
    ['judgement', { level: 'refused', rule: '', warn: 'yes' }],
    ['parents', 'x'],
    ['certificate', null],
    ['claims', { a: 1 }],
  ])('is refused where %s is %j', (name, value) => {
    expect(() => parsed({ ...recordDocument(record()), [name]: value })).toThrow(/line 1/)
  })
})

import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { isNothing, parsePushLines, parseUpdates } from '../../src/hook/update.ts'

const [A, B, ZERO] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)]

test('what pre-receive is given is one update a line', () => {
  const input = `${A} ${B} refs/heads/main\n${ZERO} ${A} refs/tags/\u00e9\n`
  expect(parseUpdates(encodeUtf8(input))).toEqual([
    { from: A, to: B, ref: 'refs/heads/main' },
    { from: ZERO, to: A, ref: 'refs/tags/\u00e9' },
  ])
  expect(parseUpdates(new Uint8Array())).toEqual([])
})

test('what pre-push is given names the local side first, by any revision', () => {
  const input = `HEAD@{1 day ago} ${B} refs/heads/main ${A}\n(delete) ${ZERO} refs/heads/x ${A}\n`
  expect(parsePushLines(encodeUtf8(input))).toEqual([
    { from: A, to: B, ref: 'refs/heads/main' },
    { from: A, to: ZERO, ref: 'refs/heads/x' },
  ])
})

describe('nothing is skipped: a fault for', () => {
  test.each([
    ['an empty line', `${A} ${B} refs/heads/main\n\n`],
    ['a line without an end', `${A} ${B} refs/heads/main`],
    ['a fourth word', `${A} ${B} refs/heads/main x\n`],
    ['a short id', `${A.slice(1)} ${B} refs/heads/main\n`],
    ['ids of two kinds', `${A} ${'b'.repeat(64)} refs/heads/main\n`],
    ['an id in capitals', `${A.toUpperCase()} ${B} refs/heads/main\n`],
    ['a ref that is none', `${A} ${B} HEAD\n`],
  ])('%s', (_, input) => {
    expect(() => parseUpdates(encodeUtf8(input))).toThrow(expect.objectContaining({ code: 'parse' }))
  })

  test('a name that is not UTF-8', () => {
    const input = Buffer.concat([Buffer.from(`${A} ${B} refs/heads/`), Buffer.of(0xff, 0x0a)])
    expect(() => parseUpdates(input)).toThrow('the updates: not UTF-8')
  })
})

test('zeros stand for no object', () => {
  expect([ZERO, '0'.repeat(64), A].map(isNothing)).toEqual([true, true, false])
})

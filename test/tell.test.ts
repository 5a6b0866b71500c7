import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../src/errors.ts'
import { escapeField, escapeJson, escapeText, tellFailure } from '../src/tell.ts'

const world = { name: 'gitsigil', env: {} }

test('a fault is one line, and its hint another', () => {
  const fault = new Fault('config', 'a\nb\u001b[2J', { hint: 'c\rd' })
  expect(tellFailure(world, fault)).toBe('gitsigil: error: a\\u{a}b\\u{1b}[2J\ngitsigil: hint: c\\u{d}d\n')
})

test('anything else is told as a bug, its stack only where it was asked for', () => {
  const told = tellFailure(world, new TypeError('x is not a function'))
  expect(told).toMatch(/^gitsigil: bug: TypeError: x is not a function\ngitsigil: hint: [^\n]+\n$/)
  expect(tellFailure({ name: 'gitsigil', env: { GITSIGIL_DEBUG: '1' } }, new TypeError('x'))).toMatch(/\n\s+at /)
  expect(tellFailure(world, 'thrown text')).toContain('bug: thrown text\n')
})

test('escaped text holds no control, bidi or zero-width character, and what is plain stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const escaped of [escapeText(text), escapeField(text)])
        expect(escaped).not.toMatch(/[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u)
    }),
  )
  expect(escapeText('100% plain, Zoë, 日本')).toBe('100% plain, Zoë, 日本')
})

test('JSON stays the same document', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeJson(JSON.stringify({ text }, null, 2))
      expect(JSON.parse(escaped)).toEqual(JSON.parse(JSON.stringify({ text })))
      expect(escaped.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}]/u)
    }),
  )
})

// What SECURITY.md says is so: its table of differences is the one that is tested, and what it names is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { differencesTable } from './opinion/differences.ts'

const text = readFileSync('SECURITY.md', 'utf8')

test('the differences from @sigstore/verify are those that are tested, in their words', () => {
  const [, table = ''] = text.split('## Where a second opinion differs')
  expect(table.split('\n').filter((line) => line.startsWith('|'))).toEqual(differencesTable())
})

test('every test and script that is named is there', () => {
  const named = [...text.matchAll(/`((?:test|scripts)\/[\w./-]+)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((path) => !existsSync(path))).toEqual([])
})

test('the number of vectors is right', () => {
  const vectors = readdirSync('fixtures/vectors').filter((name) => name !== 'index.json')
  expect(text).toContain(`${vectors.length} forged vectors`)
})

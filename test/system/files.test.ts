import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readBytes, readBytesIfAny, resolvePath, writeBytes } from '../../src/system/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a file comes back as it was written, an empty one too', () => {
  for (const size of [0, 1, 65_536, 65_537, 1_000_000]) {
    const path = join(folder, 'file')
    const bytes = Buffer.alloc(size, 'x')
    writeBytes(path, bytes)
    expect(Buffer.compare(readBytes(path), bytes)).toBe(0)
  }
})

describe('faults name the file', () => {
  test.each([
    ['absent', 'there is no such file'],
    ['.', 'it is a folder'],
  ])('%s', (name, why) => {
    const path = join(folder, name)
    expect(() => readBytes(path)).toThrow(
      expect.objectContaining({ code: 'io', message: `cannot read ${path}: ${why}` }),
    )
  })

  test('too large', () => {
    const path = join(folder, 'large')
    writeFileSync(path, 'x'.repeat(1001))
    expect(readBytes(path, 1001)).toHaveLength(1001)
    expect(() => readBytes(path, 1000)).toThrow(expect.objectContaining({ code: 'parse' }))
  })
})

test('a file that need not be there', () => {
  expect(readBytesIfAny(join(folder, 'absent'))).toBeUndefined()
  expect(() => readBytesIfAny(folder)).toThrow('it is a folder')
})

test.each([
  ['/absolute', '/absolute'],
  ['relative/to', '/start/relative/to'],
  ['~/below', '/home/alice/below'],
  ['~bob/below', '/start/~bob/below'],
])('%s is %s', (path, resolved) => {
  expect(resolvePath(path, { cwd: '/start', env: { HOME: '/home/alice' } })).toBe(resolved)
})

test('a path from home is a fault where there is no home, not a folder named ~ in the work tree', () => {
  expect(() => resolvePath('~/root.json', { cwd: '/start', env: {} })).toThrow(
    expect.objectContaining({ code: 'config' }),
  )
})

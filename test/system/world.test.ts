import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../../src/system/world.ts'

const view = {
  argv: ['node', 'script', '--verify', 'x'],
  env: { A: 'b' },
  platform: 'linux',
  cwd: () => '/start',
  on: () => undefined,
  off: () => undefined,
  getBuiltinModule: () => ({ isatty: (fd: number) => fd === 2 }),
}

describe('the name it was started under', () => {
  test.each([
    ['/usr/bin/gitsigil', 'gitsigil'],
    ['gitsign', 'gitsign'],
    ['/opt/bin/gitsign', 'gitsign'],
    ['C:\\bin\\gitsign.exe', 'gitsign'],
    ['/repo/bin/gitsigil.js', 'gitsigil'],
    ['git-sigil', 'gitsigil'],
    ['gitsign-credential-cache', 'gitsigil'],
    ['', 'gitsigil'],
  ])('%s is %s', (startedAs, name) => {
    expect(createWorld(view, startedAs).name).toBe(name)
  })
})

test('arguments, environment and folder are those of the process', () => {
  expect(createWorld(view, 'gitsigil')).toMatchObject({ args: ['--verify', 'x'], env: { A: 'b' }, cwd: '/start' })
})

test('what is a terminal is asked of the runtime, each time', () => {
  const world = createWorld(view, 'gitsigil')
  expect([0, 1, 2].map((fd) => world.isTerminal(fd))).toEqual([false, false, true])
  expect(createWorld(process, 'gitsigil').isTerminal(987)).toBe(false)
})

test('all of a large text is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gitsigil-world-'))
  const fd = openSync(join(folder, 'out'), 'w')
  const text = 'ä'.repeat(3_000_000)
  createWorld(view, 'gitsigil').write(fd, text)
  closeSync(fd)
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(text)
  rmSync(folder, { recursive: true })
})

test('a descriptor that is not open is an io fault', () => {
  expect(() => createWorld(view, 'gitsigil').write(987, 'x')).toThrow(
    expect.objectContaining({ code: 'io', message: 'cannot write to descriptor 987: EBADF' }),
  )
})

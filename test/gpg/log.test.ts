import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createRepository } from '../support/repository.ts'
import { askDoor } from '../support/verify-door.ts'

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-log-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('GITSIGN_LOG: stderr is appended to that file as well, faults included', async () => {
  const path = join(folder, 'environment.log')
  const first = await askDoor({ payload: 'x', signature: 'x', env: { GITSIGN_LOG: path } })
  const second = await askDoor({ payload: 'x', signature: undefined, env: { GITSIGN_LOG: path } })
  expect(readFileSync(path, 'utf8')).toBe(first.stderr + second.stderr)
})

test('gitsign.logPath: the same', async () => {
  const repository = createRepository()
  const path = join(folder, 'config.log')
  repository.git(['config', 'gitsign.logPath', path])
  const { stderr } = await askDoor({ payload: 'x', signature: 'x', cwd: repository.path })
  expect(stderr).not.toBe('')
  expect(readFileSync(path, 'utf8')).toBe(stderr)
})

test('a log that cannot be written changes nothing', async () => {
  const { exit, status } = await askDoor({ payload: 'x', signature: 'x', env: { GITSIGN_LOG: '/nonexistent/log' } })
  expect(status[1]).toMatch(/^ERRSIG /)
  expect(exit).toBe(1)
})

test('a log with a relative path is refused before a byte is written: a repository may hold a link of that name', async () => {
  const { exit, stderr } = await askDoor({ payload: 'x', signature: 'x', env: { GITSIGN_LOG: 'git.log' }, cwd: folder })
  expect(stderr).toContain('GITSIGN_LOG (environment): not a path that begins with / or ~/')
  expect(exit).toBe(2)
  expect(existsSync(join(folder, 'git.log'))).toBe(false)
})

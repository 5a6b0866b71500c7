import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../../src/system/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { stubProgram } from '../support/program-stub.ts'

const folder = temporaryFolder('command')
let count = 0

async function run(script: string, timeout = 5_000) {
  const { env } = stubProgram(folder, `program-${++count}`, script)
  return await runCommand([`program-${count}`, 'a b', '$HOME;'], { env, timeout })
}

test('a program is run without a shell, and its status and both outputs come back', async () => {
  const stub = stubProgram(folder, 'program', 'printf out; printf err >&2; exit 3')
  const ended = await runCommand(['program', 'a b', '$HOME;'], { env: stub.env, timeout: 5_000 })
  expect(ended).toMatchObject({ how: 'exit', status: 3 })
  expect(ended.how === 'exit' && [ended.stdout, ended.stderr].map((part) => Buffer.from(part).toString())).toEqual([
    'out',
    'err',
  ])
  expect(stub.arguments()).toEqual(['a b', '$HOME;'])
})

test('it reads nothing: its standard input is empty', async () => {
  const ended = await run('cat; printf done')
  expect(ended.how === 'exit' && Buffer.from(ended.stdout).toString()).toBe('done')
})

test('it does not run in the work tree', async () => {
  writeFileSync(join(folder, 'here'), '')
  const ended = await run('pwd')
  expect(ended.how === 'exit' && Buffer.from(ended.stdout).toString()).toBe('/\n')
})

test('one that is not there is missing', async () => {
  expect(await runCommand(['no-such-program'], { env: { PATH: folder }, timeout: 5_000 })).toEqual({ how: 'missing' })
})

test('one that may not be run is broken', async () => {
  writeFileSync(join(folder, 'plain'), 'text')
  const ended = await runCommand([join(folder, 'plain')], { env: {}, timeout: 5_000 })
  expect(ended).toEqual({ how: 'broken', why: 'cannot be run (EACCES)' })
})

test('one that hangs is killed in time, also where a child of its own keeps its output open', async () => {
  const start = performance.now()
  expect(await run('sleep 20', 300)).toEqual({ how: 'late' })
  expect(await run('sleep 20 & sleep 20', 300)).toEqual({ how: 'late' })
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('one that never stops talking is stopped', async () => {
  expect(await run('exec yes')).toEqual({ how: 'broken', why: 'said too much' })
})

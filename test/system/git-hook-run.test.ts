import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runHook } from '../../src/system/git-hook-run.ts'
import { faultOf } from '../support/faults.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)]
const call = { name: 'post-rewrite', args: ['re base', '$(id)'], input: `${A} ${B}\n` }

function writeScript(path: string, ...lines: readonly string[]): string {
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`)
  chmodSync(path, 0o755)
  return path
}

const REPORT = ['pwd -P', 'printf "[%s]" "$@"', 'echo', 'cat', 'echo to-stderr >&2']

test('a hook is given its arguments and its input, at the top of the work tree, and what it prints comes back', async () => {
  const { path } = createRepository()
  writeScript(join(path, '.git', 'hooks', 'post-rewrite'), ...REPORT)
  mkdirSync(join(path, 'deep'))
  const { status, said } = await runHook(testWorld({ cwd: join(path, 'deep') }), call)
  expect(status).toBe(0)
  expect(said).toBe(`${realpathSync(path)}\n[re base][$(id)]\n${A} ${B}\nto-stderr\n`)
})

test('it finds objects as Git would, not as we read them, and its repository by a relative GIT_DIR', async () => {
  const { path } = createRepository()
  const names = ['GIT_NO_REPLACE_OBJECTS', 'GIT_ALLOW_PROTOCOL', 'GIT_GRAFT_FILE']
  const lines = [`echo "\${${names.join('-}${')}-}."`, 'git rev-parse --absolute-git-dir']
  writeScript(join(path, '.git', 'hooks', 'post-rewrite'), ...lines)
  mkdirSync(join(path, 'deep'))
  const env = { ...process.env, GIT_DIR: '../.git', GIT_WORK_TREE: '..' }
  const { said } = await runHook(testWorld({ cwd: join(path, 'deep'), env }), call)
  expect(said).toBe(`.\n${realpathSync(path)}/.git\n`)
})

test('it is found where core.hooksPath says, in a linked work tree, and in a bare repository', async () => {
  const { path, git } = createRepository()
  const elsewhere = temporaryFolder('hooks')
  writeScript(join(elsewhere, 'post-rewrite'), 'pwd -P')
  git(['config', 'core.hooksPath', elsewhere])
  git(['commit', '--quiet', '--allow-empty', '-m', 'one'])
  const linked = join(temporaryFolder('linked'), 'tree')
  git(['worktree', 'add', '--quiet', '--detach', linked])
  expect((await runHook(testWorld({ cwd: path }), call)).said).toBe(`${realpathSync(path)}\n`)
  expect((await runHook(testWorld({ cwd: linked }), call)).said).toBe(`${realpathSync(linked)}\n`)
  const bare = createRepository('--bare')
  bare.git(['config', 'core.hooksPath', elsewhere])
  expect((await runHook(testWorld({ cwd: bare.path }), call)).said).toBe(`${realpathSync(bare.path)}\n`)
})

test('one that is not there, or not executable, is none', async () => {
  const { path } = createRepository()
  const world = testWorld({ cwd: path })
  expect(await runHook(world, call)).toEqual({ status: 0, said: '' })
  chmodSync(writeScript(join(path, '.git', 'hooks', 'post-rewrite'), 'exit 9'), 0o644)
  expect((await runHook(world, call)).status).toBe(0)
})

test('one that fails tells its status, also where it reads nothing of much input', async () => {
  const { path } = createRepository()
  writeScript(join(path, '.git', 'hooks', 'post-rewrite'), 'echo no >&2', 'exit 9')
  const much = { ...call, input: `${A} ${B}\n`.repeat(20_000) }
  expect(await runHook(testWorld({ cwd: path }), much)).toEqual({ status: 9, said: 'no\n' })
})

test('one that leaves something running in the background has ended', async () => {
  const { path } = createRepository()
  writeScript(join(path, '.git', 'hooks', 'post-rewrite'), 'sleep 60 &', 'echo "$!"', 'exit 9')
  const { status, said } = await runHook(testWorld({ cwd: path }), call)
  expect([status, said]).toEqual([9, expect.stringMatching(/^\d+\n$/)])
  expect(process.kill(Number(said))).toBe(true)
})

test('all that it printed is heard, also more than a pipe holds', async () => {
  const { path } = createRepository()
  writeScript(join(path, '.git', 'hooks', 'post-rewrite'), 'head -c 3000000 /dev/zero | tr "\\000" x')
  const { said } = await runHook(testWorld({ cwd: path }), call)
  expect(said.length).toBe(3_000_000)
})

test.each([
  ['#!/no/such/program', 'the program that its first line names is not there'],
  ['#!/', 'EACCES'],
])('%s: one that cannot be run is told without the words of a call', async (line, why) => {
  const { path } = createRepository()
  writeFileSync(join(path, '.git', 'hooks', 'post-rewrite'), `${line}\n`, { mode: 0o755 })
  // A Git of 2.40 or later runs it, and has its own words: this one hides that it could.
  const folder = temporaryFolder('older-git')
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
  writeScript(join(folder, 'git'), 'test "$2" != -h || exit 129', `PATH='${process.env['PATH']}' exec git "$@"`)
  const message = `cannot run the hook post-rewrite: ${why}`
  expect(await faultOf(runHook(testWorld({ cwd: path, env }), call))).toMatchObject({ code: 'git', message })
})

describe('where Git hands a hook its input', () => {
  const folder = temporaryFolder('newer-git')
  const usage = 'usage: git hook run [--ignore-missing] [--to-stdin=<path>] <hook-name> [-- <hook-args>]'

  test('Git runs it, with what it is set to run beside the file', async () => {
    const given = join(folder, 'given')
    const words = [`test "$2" != -h || { echo '${usage}'; exit 129; }`, `printf '%s\\n' "$@" > '${given}'`]
    writeScript(join(folder, 'git'), ...words, `cat "\${4#--to-stdin=}"`, 'exit 7')
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
    const { path } = createRepository()
    writeScript(join(path, '.git', 'hooks', 'post-rewrite'), 'echo twice')
    expect(await runHook(testWorld({ cwd: path, env }), call)).toEqual({ status: 7, said: call.input })
    const [, , , file, ...rest] = readFileSync(given, 'utf8').split('\n')
    expect(file).toMatch(/^--to-stdin=\//)
    expect(rest).toEqual(['post-rewrite', '--', ...call.args, ''])
  })
})

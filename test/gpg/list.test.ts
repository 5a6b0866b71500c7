import { expect, test } from 'vitest'
import { enterGitDoor } from '../../src/gpg/door.ts'
import { VERSION } from '../../src/version.ts'
import { testWorld } from '../support/world.ts'

async function ask(...args: readonly string[]) {
  const world = testWorld({ args })
  const exit = await enterGitDoor(world)
  return { exit, stdout: world.output(1), stderr: world.output(2) }
}

test('EGit finds a key that can sign, whatever it is called', async () => {
  const { exit, stdout, stderr } = await ask('--locate-keys', '--with-colons', '--batch', '--no-tty', 'A <a@b>:\n')
  const [pub, , uid] = stdout.split('\n').map((line) => line.split(':'))
  expect(pub?.[0]).toBe('pub')
  expect(pub?.[11]).toContain('s')
  expect(uid?.[9]).toBe('A <a@b>__')
  expect([exit, stderr]).toEqual([0, ''])
})

test.each(['--list-keys', '--list-secret-keys', '-k', '-K'])('%s is empty', async (flag) => {
  expect(await ask(flag, '--with-colons', 'a@b')).toEqual({ exit: 0, stdout: '', stderr: '' })
})

test('--version', async () => {
  expect(await ask('--version')).toEqual({ exit: 0, stdout: `gitsigil version ${VERSION}\n`, stderr: '' })
})

test('a flag that nobody knows is a usage fault, without a verdict where none was asked for', async () => {
  const { exit, stdout, stderr } = await ask('--frobnicate')
  expect([exit, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^gitsigil: error: unknown flag "--frobnicate"\ngitsigil: hint: [^\n]+\n$/)
})

import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)]

async function hook(args: readonly string[], stdin = '', cwd = createRepository('--bare').path) {
  const world = testWorld({ args: ['hook', ...args], stdin, cwd })
  const status = await runCommand(world)
  return { status, out: world.output(1), err: world.output(2) }
}

test('a push of nothing is no push', async () => {
  expect(await hook(['run', 'pre-receive', '--'])).toEqual({ status: 0, out: '', err: '' })
  expect(await hook(['run', 'pre-push', '--', 'origin', 'url'])).toEqual({ status: 0, out: '', err: '' })
})

describe('a hook that is not called as Git calls it refuses:', () => {
  test.each([
    [['run', 'pre-receive'], 'x\n', 3, 'update: not OLD-ID NEW-ID REF'],
    [['run', 'pre-push', '--', 'origin', 'url'], `x ${A} refs/heads/main`, 3, 'update: a line that is cut off'],
    [['run', 'update', '--', 'refs/heads/main', A], '', 2, 'update is given a ref and two object ids'],
    [['run', 'update', '--', 'refs/heads/main', A, B, B], '', 2, 'update is given a ref and two object ids'],
    [['run', 'pre-push', '--pre-commit'], '', 2, 'pre-commit did not say what is to be looked at'],
    [['run'], '', 2, 'no hook is called ""'],
    [['run', 'post-receive'], '', 2, 'no hook is called "post-receive"'],
    [[], '', 2, 'hook takes one of install, uninstall, run'],
  ])('%j', async (args, stdin, status, why) => {
    expect(await hook(args, stdin)).toEqual({
      status,
      out: '',
      err: expect.stringContaining(`gitsigil: error: ${why}`),
    })
  })
})

test('nobody may push where nobody said who may', async () => {
  const refused = await hook(['run', 'pre-receive'], `${'0'.repeat(40)} ${A} refs/heads/main\n`)
  expect(refused.err).toContain('nobody said who may push here, so nothing is taken')
  expect(refused.status).toBe(2)
})

test('a hook that warns ends well, whatever goes wrong', async () => {
  const { status, err } = await hook(['run', 'post-merge', '--', '0'])
  expect([status, err]).toEqual([0, expect.stringMatching(/^gitsigil: error: /)])
})

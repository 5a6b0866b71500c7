import { describe, expect, test } from 'vitest'
import { enterGitDoor } from '../../src/gpg/door.ts'
import { testWorld } from '../support/world.ts'

test.each(['--verify', '-v'])('%s of a file that is not there ends in a verdict that Git reads', async (flag) => {
  const world = testWorld({ args: ['--status-fd=1', flag, '/nonexistent/signature', '-'], stdin: 'x' })
  expect(await enterGitDoor(world)).toBe(3)
  expect(world.output(1)).toMatch(/^\[GNUPG:\] NEWSIG\n\[GNUPG:\] ERRSIG /)
})

describe('where nobody reads', () => {
  const args = ['--status-fd=3', '--verify', '/nonexistent/signature', '-']

  test('what people are told, Git reads its verdict all the same', async () => {
    const world = testWorld({ args, stdin: 'x', unread: [2] })
    expect(await enterGitDoor(world)).toBe(141)
    expect(world.output(3)).toMatch(/^\[GNUPG:\] NEWSIG\n\[GNUPG:\] ERRSIG .*\n\[GNUPG:\] TRUST_NEVER 0 shell\n$/)
  })

  test('the verdict, people are told what went wrong and no more', async () => {
    const world = testWorld({ args, stdin: 'x', unread: [3] })
    expect(await enterGitDoor(world)).toBe(141)
    expect(world.output(2)).toMatch(/^gitsigil: error: [^\n]*\/nonexistent\/signature[^\n]*\n$/)
  })
})

test.each([
  ['--verison', 'did you mean --version?'],
  ['--hlep', 'did you mean --help?'],
  ['--statsu-fd=1', 'did you mean --status-fd?'],
  ['--frobnicate', 'gitsigil help lists the commands'],
])('%s, in the first place, is told with what was most likely meant', async (flag, hint) => {
  const world = testWorld({ args: [flag] })
  expect(await enterGitDoor(world)).toBe(2)
  expect(world.output(2)).toBe(`gitsigil: error: unknown flag "${flag}"\ngitsigil: hint: ${hint}\n`)
})

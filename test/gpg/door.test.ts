import { expect, test } from 'vitest'
import { enterGitDoor } from '../../src/gpg/door.ts'
import { testWorld } from '../support/world.ts'

test.each(['--verify', '-v'])('%s of a file that is not there ends in a verdict that Git reads', async (flag) => {
  const world = testWorld({ args: ['--status-fd=1', flag, '/nonexistent/signature', '-'], stdin: 'x' })
  expect(await enterGitDoor(world)).toBe(3)
  expect(world.output(1)).toMatch(/^\[GNUPG:\] NEWSIG\n\[GNUPG:\] ERRSIG /)
})

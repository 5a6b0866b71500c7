// What Git says on standard error, made a reason in one line.
import { expect, test } from 'vitest'
import { complaintOf } from '../../src/system/git.ts'

test.each([
  ['a fault without its prefix', 'fatal: not a git repository\n', 'not a git repository'],
  ['an error without its prefix', 'error: object fails fsck: x\nfatal: refusing\n', 'object fails fsck: x'],
  ['what stands behind a warning', "warning: unable to access '/x'\nfatal: bad revision 'A'\n", "bad revision 'A'"],
  ['what stands behind advice', 'hint: try this\nfatal: no\n', 'no'],
  [
    'what stands behind an explanation',
    '\n*** Please tell me who you are.\n\nfatal: no email was given\n',
    'no email was given',
  ],
  ['a line of its own kind as it is', 'usage: git config [<options>]\n', 'usage: git config [<options>]'],
  ['nothing where there is nothing', 'hint: try this\n', ''],
])('the reason is %s', (_, said, reason) => {
  expect(complaintOf(said)).toBe(reason)
})

test('a reason has at most 300 characters', () => {
  expect(complaintOf(`fatal: ${'x'.repeat(1000)}\n`)).toHaveLength(300)
})

import { expect, test } from 'vitest'
import { checkHook } from '../../src/doctor/hook.ts'

const made = { intact: true, refuses: true, isExecutable: true, command: ['/bin/g', 'x'], starts: true }
const hook = { ...made, name: 'pre-receive' }
const post = { ...made, name: 'post-merge', refuses: false }

test.each([
  [hook, 'ok', 'pre-receive judges each push'],
  [{ ...hook, name: 'update' }, 'ok', 'update judges each ref of a push'],
  [post, 'ok', 'post-merge warns of what comes'],
  [
    { ...hook, intact: false },
    'fail',
    '/hooks/pre-receive was changed since it was installed: nobody knows what it judges',
  ],
  [
    { ...hook, isExecutable: false },
    'fail',
    '/hooks/pre-receive is not executable for this user, so Git does not run it',
  ],
  [
    { ...hook, starts: false },
    'fail',
    '/hooks/pre-receive starts /bin/g x, which is gone or does not run: each push is refused',
  ],
  [
    { ...post, starts: false },
    'warn',
    '/hooks/post-merge starts /bin/g x, which is gone or does not run: it tells nothing',
  ],
])('a hook: %j', (installed, level, text) => {
  expect(checkHook(installed, '/hooks')).toEqual(expect.objectContaining({ name: 'hook', level, text }))
})

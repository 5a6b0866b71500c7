import { expect, test } from 'vitest'
import { checkHosts, hostOf } from '../../src/doctor/host.ts'

test.each([
  ['https://github.com/a/b.git', 'github.com'],
  ['ssh://git@gitlab.com:22/a/b', 'gitlab.com'],
  ['git@github.com:a/b.git', 'github.com'],
  ['GitHub.com:a/b', 'github.com'],
  ['/srv/git/b.git', undefined],
  ['../b', undefined],
  ['C:\\b', undefined],
  ['file:///srv/b', undefined],
])('%s is at %s', (url, host) => {
  expect(hostOf(url)).toBe(host)
})

test('each host is told once, with what is known of it', () => {
  const found = checkHosts([
    'git@github.com:a/b',
    'https://github.com/c/d',
    'https://gitlab.example/e',
    'https://x.test/f',
  ])
  expect(found.map(({ text }) => text.split(' ')[0])).toEqual(['GitHub', 'GitLab', 'x.test:'])
})

test('a repository without remotes has nothing to say', () => {
  expect(checkHosts(['/srv/b'])).toMatchObject([{ level: 'ok' }])
})

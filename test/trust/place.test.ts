import { expect, test } from 'vitest'
import { cacheDirectory, instancePaths, instancesDirectory } from '../../src/trust/place.ts'

test.each([
  ['under the data directory', { XDG_DATA_HOME: '/data', HOME: '/home/a' }, '/data/gitsigil/instances'],
  ['at home without one', { HOME: '/home/a' }, '/home/a/.local/share/gitsigil/instances'],
  [
    'at home where the data directory is relative',
    { XDG_DATA_HOME: 'data', HOME: '/h' },
    '/h/.local/share/gitsigil/instances',
  ],
  [
    'where TUF_ROOT says, in a folder of our own',
    { TUF_ROOT: '/tuf', XDG_DATA_HOME: '/data' },
    '/tuf/gitsigil/instances',
  ],
  ['where an empty TUF_ROOT says nothing', { TUF_ROOT: '', XDG_DATA_HOME: '/data' }, '/data/gitsigil/instances'],
  ['nowhere without a home', {}, undefined],
  ['nowhere where home is relative', { HOME: '.' }, undefined],
])('instances are kept %s', (_, env, expected) => {
  expect(instancesDirectory(env)).toBe(expected)
})

test('a TUF_ROOT that a work tree could fill is refused', () => {
  expect(() => instancesDirectory({ TUF_ROOT: 'tuf' })).toThrow('TUF_ROOT: not an absolute path')
})

test('what may be lost is kept in the cache directory', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/gitsigil')
  expect(cacheDirectory({ HOME: '/home/a' })).toBe('/home/a/.cache/gitsigil')
  expect(cacheDirectory({})).toBeUndefined()
})

test('each instance has a directory of its own', () => {
  expect(instancePaths('/i', 'corp').trustedRoot).toBe('/i/corp/trusted_root.json')
})

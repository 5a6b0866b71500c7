import { expect, test } from 'vitest'
import { readSetting } from '../../src/system/git-settings.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const KEY = 'receive.certNonceSeed'
const byVariable = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: KEY, GIT_CONFIG_VALUE_0: 'passing' }

async function read(values: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const repository = createRepository()
  for (const value of values) repository.git(['config', '--add', KEY, value])
  return await readSetting(testWorld({ cwd: repository.path, env: { ...process.env, ...env } }), KEY)
}

test('a setting is what the files say last, whatever a variable says', async () => {
  expect(await read(['one', 'two\n= three'])).toBe('two\n= three')
  expect(await read(['one'], byVariable)).toBe('one')
})

test('a setting of a variable alone, or to nothing, is none', async () => {
  expect(await read([], byVariable)).toBeUndefined()
  expect(await read(['one', ''])).toBeUndefined()
  expect(await read([])).toBeUndefined()
})

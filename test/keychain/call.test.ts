import { expect, test } from 'vitest'
import { answerKeychainCall, reasonOf } from '../../src/keychain/call.ts'
import { testWorld } from '../support/world.ts'

test.each([
  ['Cannot create an item in a locked collection', 'it is locked'],
  [
    'Object does not exist at path “/org/freedesktop/secrets/collection/login”',
    'it is locked, or has no default collection yet',
  ],
  ['libsecret-1.so.0: cannot open shared object file', 'the library libsecret is not installed'],
  [
    "Cannot find module '@github/keytar/prebuilds/linux-x64/keytar.node'",
    'its module (@github/keytar) is not installed',
  ],
  ['The name org.freedesktop.secrets was not provided by any .service files', 'no keychain service is installed'],
  ['Something new\nwith a second line', 'Something new'],
])('says %s as people do', (said, shown) => {
  expect(reasonOf(new Error(said))).toBe(shown)
})

test('refuses a person at a terminal', async () => {
  const world = { ...testWorld(), isTerminal: () => true }
  await expect(answerKeychainCall(world)).rejects.toMatchObject({ code: 'usage' })
})

// One call of the keychain, made in a process of its own (see system/keychain.ts): the request as a line of JSON on stdin, the
// answer as one on stdout. Secrets pass through the two pipes and nowhere else.
import { decodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { KeychainAnswer, KeychainCall } from '../system/keychain.ts'
import type { World } from '../system/world.ts'
import { type KeychainAddon, loadAddon } from './addon.ts'

const SERVICE = 'gitsigil'

/** What the system says, and how people say it. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/locked collection|isLocked|errSecInteractionNotAllowed|interaction is not allowed/i, 'it is locked'],
  [/Object does not exist at path/, 'it is locked, or has no default collection yet'],
  [/dismissed|cancel/i, 'unlocking it was refused'],
  [/autolaunch D-Bus|Could not connect|DBUS_SESSION_BUS_ADDRESS|Connection refused/i, 'there is no D-Bus session'],
  [/was not provided by any \.service files|ServiceUnknown|NameHasNoOwner/, 'no keychain service is installed'],
  [/libsecret/, 'the library libsecret is not installed'],
  [/Cannot find (module|package)|MODULE_NOT_FOUND/, 'its module (@github/keytar) is not installed'],
]

/** Answers the call on stdin; the exit status says nothing that the answer does not. */
export async function answerKeychainCall(world: Pick<World, 'readStdin' | 'write' | 'isTerminal'>): Promise<number> {
  if (world.isTerminal(0)) throw new Fault('usage', 'keychain-call is for this program itself')
  const call = JSON.parse(decodeUtf8(await world.readStdin())) as KeychainCall
  world.write(1, `${JSON.stringify(await answer(call))}\n`)
  return 0
}

async function answer(call: KeychainCall): Promise<KeychainAnswer> {
  try {
    return await perform(await loadAddon(), call)
  } catch (thrown) {
    return { why: reasonOf(thrown) }
  }
}

async function perform(addon: KeychainAddon, call: KeychainCall): Promise<KeychainAnswer> {
  if (call.action === 'list') {
    const found = await addon.findCredentials(SERVICE)
    return { accounts: found.map(({ account }) => account).sort() }
  }
  if (call.action === 'read') return { secret: (await addon.getPassword(SERVICE, call.account)) ?? undefined }
  if (call.action === 'write') await addon.setPassword(SERVICE, call.account, call.secret)
  else await addon.deletePassword(SERVICE, call.account)
  return {}
}

/** One line for people. */
export function reasonOf(thrown: unknown): string {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  const known = REASONS.find(([pattern]) => pattern.test(said))
  return known?.[1] ?? (said.split('\n', 1)[0] ?? '').slice(0, 200)
}

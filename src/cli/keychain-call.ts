// `keychain-call`: what the program runs of itself to ask the keychain; no help lists it.
import { answerKeychainCall } from '../keychain/call.ts'
import type { World } from '../system/world.ts'

export async function keychainCallCommand(world: World): Promise<number> {
  return await answerKeychainCall(world)
}

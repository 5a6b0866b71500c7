import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'
export async function runHook(_world: World, _args: readonly string[]): Promise<number> {
  throw new Fault('usage', 'not yet')
}

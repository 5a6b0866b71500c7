// gitsign's `attest` comes in a later version: until then it says so, whatever it is asked.
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'
import { type FlagTable, parseFlags } from './flags.ts'

export const ATTEST_FLAGS: FlagTable = {
  filepath: { kind: 'value', short: 'f', value: 'FILE', help: 'the predicate' },
  objtype: { kind: 'value', value: 'commit|tree', help: 'what is attested' },
  type: { kind: 'value', value: 'TYPE', help: "the predicate's type" },
}

export async function attestCommand(_world: World, args: readonly string[]): Promise<number> {
  parseFlags(args, ATTEST_FLAGS)
  throw new Fault('usage', 'attest is not supported yet', { hint: 'sign commits and tags; attestations come later' })
}

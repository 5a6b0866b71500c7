// What the commands under `policy` share: their flags and their form.
import type { LoadOnline } from '../compose/further.ts'
import type { World } from '../system/world.ts'
import type { FlagTable } from './flags.ts'
import { OPTION_FLAGS } from './option-flags.ts'

export const POLICY_FLAGS: FlagTable = {
  ...OPTION_FLAGS,
  ref: { kind: 'value', value: 'REF', help: 'explain: full name of the ref that the object is meant for' },
  online: { kind: 'switch', help: "explain: look up in the log what has no entry inside (gitsign's online mode)" },
  force: { kind: 'switch', help: 'init: write over a policy that is there' },
}

/** Runs with the operands and flags after its name; `online` loads what asks a log. */
export type PolicyCommand = (world: World, args: readonly string[], online?: LoadOnline) => Promise<number>

// `policy update`: authenticates the policy at gitsigil.policyRef from gitsigil.policyRoot, and has it in force here.
import { readConfiguration } from '../compose/assessor.ts'
import { updatePolicy } from '../compose/policy-update.ts'
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'
import { parseFlags } from './flags.ts'
import { tellLines } from './policy-file.ts'
import { POLICY_FLAGS } from './policy-flags.ts'

export async function updatePolicyCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, POLICY_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'policy update takes no operands')
  const configured = await readConfiguration(world, flags.values)
  const { kept, before, isBehind } = await updatePolicy(configured)
  const ref = configured.settings.policyRef
  if (isBehind) tellLines(world, `${ref} is behind the policy in force, which stays so: commit ${kept.commit}`)
  else if (before?.commit === kept.commit) tellLines(world, `the policy in force is that of commit ${kept.commit}`)
  else tellLines(world, `the policy of commit ${kept.commit} is now in force`)
  return 0
}

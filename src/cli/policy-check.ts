// `policy check [FILE]`: whether a policy can be read, what it means in words, and what about it is probably not meant.
import { readConfiguration } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { describePolicy, doubtsOf } from '../policy/describe.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { parseFlags } from './flags.ts'
import { policyPath, readPolicyAt, tellLines } from './policy-file.ts'
import { POLICY_FLAGS } from './policy-flags.ts'

export async function checkPolicy(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, POLICY_FLAGS)
  const [operand, ...more] = flags.operands
  if (more.length > 0) throw new Fault('usage', 'one policy at a time')
  const configured = await readConfiguration(world, flags.values)
  const policy = await readPolicyAt(configured, await policyPath(world, operand))
  tellLines(world, ...describePolicy(policy))
  for (const doubt of doubtsOf(policy, world.now())) world.write(2, `${world.name}: warning: ${escapeText(doubt)}\n`)
  return 0
}

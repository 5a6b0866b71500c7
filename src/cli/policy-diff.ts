// `policy diff A B`: for whom two policies differ, and where. Status 1 where they do.
import { readConfiguration } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { comparePolicies } from '../policy/compare.ts'
import { describeWitnesses } from '../policy/describe.ts'
import type { PolicyJudgement } from '../policy/judgement.ts'
import type { World } from '../system/world.ts'
import { parseFlags } from './flags.ts'
import { readPolicyOf, tellLines } from './policy-file.ts'
import { POLICY_FLAGS } from './policy-flags.ts'

export async function diffPolicies(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, POLICY_FLAGS)
  const [a, b, ...more] = flags.operands
  if (a === undefined || b === undefined || more.length > 0)
    throw new Fault('usage', 'expected two revisions, or paths of two policies')
  const configured = await readConfiguration(world, flags.values)
  const [before, after] = [await readPolicyOf(configured, a), await readPolicyOf(configured, b)]
  const differences = comparePolicies(before, after, world.now())
  for (const { who, what, before, after } of differences)
    tellLines(world, `${who}: ${what}: ${levelOf(before)} becomes ${levelOf(after)} (${after.rule})`)
  const witnesses = [before, after].map(({ document }) => describeWitnesses(document.witnesses))
  const isSame = witnesses[0] === witnesses[1]
  if (!isSame) tellLines(world, `logs: ${witnesses.join(' becomes ')}`)
  return differences.length === 0 && isSame ? 0 : 1
}

function levelOf({ level, warn }: PolicyJudgement): string {
  return warn === true ? `${level}, which only warns` : level
}

// `policy test [FILE]`: runs the cases that lie beside a policy, policy.test.yaml beside policy.yaml. Status 1 where one
// comes out otherwise than it expects.
import { readConfiguration } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { runCases } from '../policy/cases.ts'
import type { World } from '../system/world.ts'
import { parseFlags } from './flags.ts'
import { policyPath, readNeeded, readPolicyAt, tellLines } from './policy-file.ts'
import { POLICY_FLAGS } from './policy-flags.ts'

const CASES =
  'write cases there, each with a name, kind, expect and by or signer: schema/policy-test.schema.json has their form'

export async function testPolicy(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, POLICY_FLAGS)
  const [operand, ...more] = flags.operands
  if (more.length > 0) throw new Fault('usage', 'one policy at a time')
  const configured = await readConfiguration(world, flags.values)
  const path = await policyPath(world, operand)
  const policy = await readPolicyAt(configured, path)
  const cases = path.replace(/(\.ya?ml)?$/, (ending) => `.test${ending}`)
  const { count, failed } = runCases(policy, readNeeded(cases, CASES), cases, world.now())
  for (const { name, line, expected, found, rule } of failed)
    tellLines(world, `${cases}:${line}: ${name}: expected ${expected}, found ${found}: ${rule}`)
  tellLines(world, `${count - failed.length} passed, ${failed.length} failed`)
  return failed.length === 0 ? 0 : 1
}

// `policy explain [REV]`: what each rule that is about an object, or a tag that it carries, says of it, and which one
// decides. The exit status is that of `verify`.
import { composeAssessor, readConfiguration } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { composePolicy } from '../compose/policy.ts'
import { Fault } from '../errors.ts'
import { judgeRecord, judgeRules, type Outcome } from '../policy/judge.ts'
import { type PolicyJudgement, passes } from '../policy/judgement.ts'
import { placeName } from '../report/history-text.ts'
import { hintText } from '../report/text.ts'
import { gitValue } from '../system/git-config.ts'
import type { World } from '../system/world.ts'
import { assessFurther } from './assess-further.ts'
import { flagValue, parseFlags } from './flags.ts'
import { requireOne } from './history-flags.ts'
import { isOnline } from './online-flags.ts'
import { tellLines } from './policy-file.ts'
import { POLICY_FLAGS } from './policy-flags.ts'
import { readSigned } from './signed-object.ts'
import { recordOf, refOf } from './verify-policy.ts'

/** @param online loads what asks a log; asked for it only by `--online` or `rekorMode=online` */
export async function explainPolicy(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  const flags = parseFlags(args, POLICY_FLAGS)
  requireOne(world, flags.operands)
  const [rev = 'HEAD'] = flags.operands
  const configured = await readConfiguration(world, flags.values)
  const inForce = await composePolicy(configured)
  if (inForce === undefined)
    throw new Fault('config', 'no policy is configured', {
      hint: 'set gitsigil.policyRoot, or name a file by --policy',
    })
  const signed = await readSigned(world, rev, gitValue(configured.git, 'extensions.compatobjectformat') !== undefined)
  const assessor = await composeAssessor(configured)
  const ref = await refOf(world, { rev, ref: flagValue(flags, 'ref') })
  const asks = isOnline(flags, configured) ? online : undefined
  const judgements: PolicyJudgement[] = []
  for (const place of [signed, ...signed.carried]) {
    const assessment = await assessFurther(configured, assessor, place, asks)
    const record = recordOf(place, assessment)
    const input = await inForce.inquire(record, ref === undefined ? {} : { ref })
    const judgement = judgeRecord(inForce.policy, input)
    judgements.push(judgement)
    tellLines(
      world,
      `${placeName(record)}${ref === undefined ? '' : ` at ${ref}`}`,
      ...judgeRules(inForce.policy, input).map(ruleText),
      judgementLine(judgement),
    )
    world.write(2, hintText(world.name, assessment))
  }
  return judgements.every(passes) ? 0 : 1
}

function ruleText({ rule, matched, level, why }: Outcome): string {
  const meant = matched === 'maybe' ? ', if it is meant (the ref or the paths are not known)' : ''
  return `  line ${rule.line}: ${rule.name}: ${level ?? (rule.mode === 'warn' ? 'warns' : 'refuses')}${meant}: ${why}`
}

function judgementLine({ level, rule, policy, warn }: PolicyJudgement): string {
  return `${level}${warn === true ? ' (the policy only warns)' : ''}: ${rule}${policy === undefined ? '' : ` (${policy})`}`
}

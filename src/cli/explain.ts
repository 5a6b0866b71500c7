// `explain [REV]`: why an object, and each tag that it carries, is accepted or not. The verdict, the judgement and the exit
// status are those of `verify`; what each check found is told also where a policy that is not authentic leaves no judgement.

import { parseArmor } from '../cms/armor.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { type Configured, composeTrust, readConfiguration } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { Fault } from '../errors.ts'
import type { Assessment } from '../report/assessment.ts'
import { explainChecks } from '../report/explain.ts'
import { type Explanation, explanationMembers, explanationText } from '../report/explain-text.ts'
import { encodeDocument, faultDocument, REPORT_VERSION } from '../report/json.ts'
import { hintText } from '../report/text.ts'
import { gitValue } from '../system/git-config.ts'
import type { World } from '../system/world.ts'
import type { Instance } from '../trust/instance.ts'
import { type Assessed, type AssessedObject, assessObject } from './assess.ts'
import { EXPECT_FLAGS, expectationOf } from './expect-flags.ts'
import { faultAsDocument } from './fault-document.ts'
import { type FlagTable, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { requireOne } from './history-flags.ts'
import { isOnline, ONLINE_FLAG } from './online-flags.ts'
import { OPTION_FLAGS } from './option-flags.ts'
import { readSigned, type SignedObject } from './signed-object.ts'
import { objectDocument } from './verify-report.ts'

export const EXPLAIN_FLAGS: FlagTable = {
  ...EXPECT_FLAGS,
  ...OPTION_FLAGS,
  ...ONLINE_FLAG,
  ref: { kind: 'value', value: 'REF', help: 'full name of the ref that the policy is asked about' },
  json: { kind: 'switch', help: 'print one JSON document (schema/explain.schema.json)' },
}

/** @param online loads what asks a log; asked for it only by `--online` or `rekorMode=online` */
export function explainCommand(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  return faultAsDocument(world, args, (heard) => run(heard, args, online))
}

async function run(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  const flags = parseFlags(args, EXPLAIN_FLAGS)
  requireOne(world, flags.operands)
  const [rev = 'HEAD'] = flags.operands
  // Flags that are incomplete are told before anything is read.
  expectationOf(flags)
  const configured = await readConfiguration(world, flags.values)
  const compatible = gitValue(configured.git, 'extensions.compatobjectformat') !== undefined
  const signed = await readSigned(world, rev, compatible)
  const further = isOnline(flags, configured) ? { online } : {}
  const assess = (by: Configured) => assessObject(by, flags, rev, signed, further)
  try {
    const assessed = await assess(configured)
    tell(configured, flags, assessed, {})
    return assessed.whole
  } catch (thrown) {
    const { policyRoot, policy } = configured.settings
    if (!(thrown instanceof Fault && thrown.code === 'trust') || policyRoot === undefined || policy !== undefined)
      throw thrown
    // Where it is the trusted root that is wrong, this is the same fault again.
    const assessed = await assess({ ...configured, settings: { ...configured.settings, policyRoot: undefined } })
    tell(configured, flags, assessed, { unjudged: thrown })
    throw thrown
  }
}

function tell(
  configured: Configured,
  flags: ParsedFlags,
  assessed: AssessedObject,
  { unjudged }: { readonly unjudged?: Fault },
): void {
  const { world } = configured
  const explain = (one: Assessed) => ({ ...explanationOf(configured, one), ...(unjudged && { unjudged }) })
  const own = explain(assessed)
  const carried = assessed.carried.map(explain)
  const places = [own, ...carried]
  if (!isSet(flags, 'json')) world.write(1, places.map(explanationText).join('\n'))
  else {
    const verdict = unjudged === undefined ? objectDocument(assessed) : faultDocument(unjudged)
    const mergetags = carried.map((tag) => ({ object: tag.subject.object, ...explanationMembers(tag) }))
    const more = mergetags.length === 0 ? {} : { mergetags }
    world.write(1, encodeDocument({ version: REPORT_VERSION, verdict, ...explanationMembers(own), ...more }))
  }
  world.write(2, places.map(({ assessment }) => hintText(world.name, assessment)).join(''))
}

function explanationOf(configured: Configured, { signed, assessment, byPolicy }: Assessed): Explanation {
  const { name: instance, trust } = instanceOf(configured, assessment, signed)
  const checks = explainChecks({ ...signed.split, trust, assessment })
  return { subject: signed.subject, instance, checks, assessment, byPolicy }
}

/** Under whose trust the verdict was found: as `verify` does, the standard one, or another whose CA issued the leaf. */
function instanceOf(configured: Configured, assessment: Assessment, { split }: SignedObject): Instance {
  const instances = composeTrust(configured)
  if (assessment.ok && assessment.judgement.instance === instances.standard.name) return instances.standard
  try {
    const leaf = split.signature && parseSignedData(parseArmor(split.signature)).signer
    return (leaf && instances.findOther(leaf)) ?? instances.standard
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return instances.standard
    throw thrown
  }
}

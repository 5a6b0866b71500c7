// `explain [REV]`: why an object, and each tag that it carries, is accepted or not. The verdict, the judgement and the exit status are those of `verify`.

import { parseArmor } from '../cms/armor.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { type Configured, composeTrust, readConfiguration } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { Fault } from '../errors.ts'
import type { Assessment } from '../report/assessment.ts'
import { explainChecks } from '../report/explain.ts'
import { type Explanation, explanationMembers, explanationText } from '../report/explain-text.ts'
import { encodeDocument, REPORT_VERSION } from '../report/json.ts'
import { gitValue } from '../system/git-config.ts'
import type { World } from '../system/world.ts'
import type { Instance } from '../trust/instance.ts'
import { type Assessed, assessObject } from './assess.ts'
import { EXPECT_FLAGS, expectationOf } from './expect-flags.ts'
import { type FlagTable, isSet, parseFlags } from './flags.ts'
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
export async function explainCommand(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  const flags = parseFlags(args, EXPLAIN_FLAGS)
  requireOne(world, flags.operands)
  const [rev = 'HEAD'] = flags.operands
  // Flags that are incomplete are told before anything is read.
  expectationOf(flags)
  const configured = await readConfiguration(world, flags.values)
  const compatible = gitValue(configured.git, 'extensions.compatobjectformat') !== undefined
  const signed = await readSigned(world, rev, compatible)
  const further = isOnline(flags, configured) ? { online } : {}
  const assessed = await assessObject(configured, flags, rev, signed, further)
  const own = explanationOf(configured, assessed)
  const carried = assessed.carried.map((tag) => explanationOf(configured, tag))
  if (!isSet(flags, 'json')) world.write(1, [own, ...carried].map(explanationText).join('\n'))
  else {
    const verdict = objectDocument(assessed)
    const mergetags = carried.map((tag) => ({ object: tag.subject.object, ...explanationMembers(tag) }))
    const more = mergetags.length === 0 ? {} : { mergetags }
    world.write(1, encodeDocument({ version: REPORT_VERSION, verdict, ...explanationMembers(own), ...more }))
  }
  return assessed.whole
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

// `post-merge` and `post-checkout`: it has happened; what came and may not be trusted is told, and nothing is stopped.
import { composeGate, type Refs, readHookConfiguration } from '../compose/hook.ts'
import { type Refusal, refuseRecord } from '../hook/refusal.ts'
import { warningText } from '../hook/text.ts'
import { isNothing } from '../hook/update.ts'
import { readBranch } from '../system/git-refs.ts'
import { readNamed } from '../system/git-tips.ts'
import type { World } from '../system/world.ts'
import type { HookCall } from './hook-call.ts'

const NO_REFS: Refs = { current: () => undefined, aliasOf: () => undefined, judgedFor: () => [] }

export async function runWarning(world: World, call: HookCall): Promise<number> {
  const span = call.name === 'post-merge' ? ['ORIG_HEAD', 'HEAD'] : checkedOut(call)
  if (span === undefined) return 0
  const configured = await readHookConfiguration(world)
  const gate = await composeGate(configured, NO_REFS)
  const [before, after] = await readNamed(configured.world, span)
  if (before === undefined || after === undefined) return 0
  const alone = call.name === 'post-checkout'
  const [tip] = await gate.readTips([after.peeled])
  const excluded = alone ? (tip?.parents ?? []) : [before.peeled]
  const refusals: Refusal[] = []
  const range = { objects: [], commits: [after.peeled], excluded, firstParent: false }
  for await (const record of gate.judged(range, { ref: await readBranch(configured.world) })) {
    if (record.kind === 'mergetag') continue
    const refusal = refuseRecord(record, '')
    if (refusal !== undefined && (gate.isExpected || record.finding.state !== 'accepted')) refusals.push(refusal)
  }
  const what = alone ? 'what was checked out is not vouched for' : 'what was merged is not all vouched for'
  world.write(2, warningText(world.name, what, refusals))
  return 0
}

/** Git's arguments: the commit before, the one now, and 1 where a branch was checked out rather than files. */
function checkedOut({ args: [before = '', after = '', flag] }: HookCall): readonly string[] | undefined {
  if (flag !== '1' || before === after || isNothing(after)) return undefined
  return [after, after]
}

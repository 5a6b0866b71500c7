// `pre-push`: before anything leaves. New is what no remote has yet, as far as is known here; who pushes is whoever sits
// here, so nobody is asked for a certificate.

import type { ComposedGate } from '../compose/hook.ts'
import { composeGate, type Refs, readHookConfiguration } from '../compose/hook.ts'
import type { PushUpdate } from '../git/push.ts'
import type { JudgedRecord } from '../history/record.ts'
import { judgePush } from '../hook/push.ts'
import { refusalText } from '../hook/text.ts'
import { isNothing, parsePushLines } from '../hook/update.ts'
import { readRefs } from '../system/git-tips.ts'
import type { World } from '../system/world.ts'
import type { HookCall } from './hook-call.ts'

export async function runPrePush(world: World, { input }: HookCall): Promise<number> {
  // A deletion takes nothing out.
  const updates = parsePushLines(input).filter(({ to }) => !isNothing(to))
  if (updates.length === 0) return 0
  const configured = await readHookConfiguration(world)
  const gate = leaving(await composeGate(configured, await remoteRefs(configured.world)))
  const known = await presentIn(gate, updates)
  const refusals = await judgePush(gate, known, { state: 'unknown' })
  if (refusals.length === 0) return 0
  world.write(2, refusalText(world.name, 'push', refusals))
  return 1
}

/** The receiving repository decides about its refs; and where nobody is named here, a good signature is what is asked. */
function leaving(gate: ComposedGate): ComposedGate {
  return {
    ...gate,
    policyRef: undefined,
    rewritesNeedCertificate: false,
    asksWhoPushes: () => false,
    async *judged(range, about) {
      for await (const record of gate.judged(range, about)) yield gate.isExpected ? record : excuse(record)
      return undefined
    },
  }
}

function excuse(record: JudgedRecord): JudgedRecord {
  const judgement = { level: 'exempt', rule: 'nobody is named here' } as const
  return record.finding.state === 'accepted' ? { ...record, judgement } : record
}

/** What stands at the other end may be unknown here; then it says nothing about what is new. */
async function presentIn(gate: ComposedGate, updates: readonly PushUpdate[]): Promise<readonly PushUpdate[]> {
  const known: PushUpdate[] = []
  for (const update of updates) {
    const isKnown = !isNothing(update.from) && (await gate.readFrame(update.from)) !== undefined
    known.push(isKnown ? update : { ...update, from: '0'.repeat(update.to.length) })
  }
  return known
}

async function remoteRefs(world: World): Promise<Refs> {
  const tips = await readRefs(world, 'refs/remotes/')
  const commits = tips.flatMap(({ peeled, peeledType }) => (peeledType === 'commit' ? [peeled] : []))
  return { current: () => undefined, aliasOf: () => undefined, judgedFor: () => commits }
}

// `pre-receive` and `update`: the gate of a server. The policy and the refs are those before the push; what is pushed is
// read where Git keeps it until the hook has spoken.
import { type ComposedGate, composeGate, type Refs, readHookConfiguration } from '../compose/hook.ts'
import { composePusher } from '../compose/hook-pusher.ts'
import { Fault } from '../errors.ts'
import type { PushUpdate } from '../git/push.ts'
import { isTagRef } from '../hook/change.ts'
import { judgePush } from '../hook/push.ts'
import { type Refusal, refuseRecord } from '../hook/refusal.ts'
import { refusalText, warningText } from '../hook/text.ts'
import { checkUpdate, parseUpdates } from '../hook/update.ts'
import { listRefs, nameIn, namespaceOf } from '../system/git-refs.ts'
import { readRefs } from '../system/git-tips.ts'
import type { World } from '../system/world.ts'
import { type HookCall, requireExpected } from './hook-call.ts'

export async function runReceive(world: World, call: HookCall): Promise<number> {
  const updates = updatesOf(call)
  if (updates.length === 0) return 0
  const configured = await readHookConfiguration(world)
  const gate = await composeGate(configured, await receivingRefs(configured.world, updates))
  requireExpected(gate.isExpected)
  const push = { updates, isWhole: call.name === 'pre-receive' }
  const warned: Refusal[] = []
  const refusals = await judgePush(noting(gate, warned), updates, await composePusher(configured, gate, push))
  if (refusals.length === 0) {
    world.write(2, warningText(world.name, 'the policy would refuse this, and only warns', warned))
    return 0
  }
  world.write(2, refusalText(world.name, call.name === 'update' ? 'update' : 'push', refusals))
  return 1
}

/** What passes only because a rule is not enforced yet is told. */
function noting(gate: ComposedGate, warned: Refusal[]): ComposedGate {
  return {
    ...gate,
    async *judged(range, about) {
      for await (const record of gate.judged(range, about)) {
        const { warn = false, ...judgement } = record.judgement ?? {}
        if (warn && 'level' in judgement) {
          const refusal = refuseRecord({ ...record, judgement }, about.ref)
          if (refusal !== undefined) warned.push(refusal)
        }
        yield record
      }
      return undefined
    },
  }
}

function updatesOf({ name, args, input }: HookCall): readonly PushUpdate[] {
  if (name === 'pre-receive') return parseUpdates(input)
  const [ref, from, to, ...more] = args
  if (ref === undefined || from === undefined || to === undefined || more.length > 0)
    throw new Fault('usage', 'update is given a ref and two object ids')
  return [checkUpdate({ from, to, ref })]
}

/**
 * What has been judged for a ref: its own history, and that of branches and tags that are judged alike. Refs of other
 * kinds may have come by without a hook: those that a forge makes of pull requests have.
 */
async function receivingRefs(world: World, [first]: readonly PushUpdate[]): Promise<Refs> {
  const nothing = '0'.repeat(first?.from.length ?? 40)
  // In a namespace Git gives the names without where they are kept, and what is outside of it is not for its pushers.
  const space = namespaceOf(world.env)
  const now = await listRefs(world)
  const tips = (await readRefs(world, `${space}refs/`)).flatMap(({ name, peeled, peeledType }) => {
    const known = nameIn(space, name)
    return known === undefined || peeledType !== 'commit' ? [] : [{ name: known, peeled }]
  })
  return {
    current: (ref) => now.get(`${space}${ref}`)?.oid ?? nothing,
    aliasOf(ref) {
      const real = now.get(`${space}${ref}`)?.aliasOf
      return real === undefined ? undefined : (nameIn(space, real) ?? real)
    },
    nameOf: (ref) => nameIn(space, ref),
    judgedFor(ref, scopeOf) {
      const scope = scopeOf(ref)
      // A tag vouches for what branches have taken, each by its own rules.
      const isAlike = (name: string) =>
        /^refs\/(?:heads|tags)\//.test(name) && (isTagRef(ref) || scopeOf(name) === scope)
      return tips.filter(({ name }) => name === ref || isAlike(name)).map(({ peeled }) => peeled)
    },
  }
}

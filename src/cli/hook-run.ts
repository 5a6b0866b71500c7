// `hook run NAME`: what the hook files call. A hook that refuses ends with 0 only where everything was checked and may be;
// one that warns always does.
import { HOOKS, type HookName } from '../hook/name.ts'
import type { World } from '../system/world.ts'
import { tellFailure } from '../tell.ts'
import { type FlagTable, isSet, parseFlags } from './flags.ts'
import { type HookCall, hookNamed } from './hook-call.ts'

export const HOOK_RUN_FLAGS: FlagTable = {
  'pre-commit': {
    kind: 'switch',
    help: 'run: called by pre-commit, which says in variables what Git says in arguments',
  },
}

export async function runHook(world: World, args: readonly string[]): Promise<number> {
  const [word = '', ...rest] = args
  const name = hookNamed(word)
  if (HOOKS[name].kind === 'warn') return await quietly(world, () => warn(world, name, rest))
  const call = await readCall(world, name, rest)
  if (name === 'pre-push') return await (await import('./hook-push.ts')).runPrePush(world, call)
  return await (await import('./hook-receive.ts')).runReceive(world, call)
}

async function warn(world: World, name: HookName, rest: readonly string[]): Promise<number> {
  return await (await import('./hook-warn.ts')).runWarning(world, await readCall(world, name, rest))
}

// It has happened already; that it could not be checked is one more thing to warn of.
async function quietly(world: World, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (thrown) {
    world.write(2, tellFailure(world, thrown))
    return 0
  }
}

async function readCall(world: World, name: HookName, rest: readonly string[]): Promise<HookCall> {
  const flags = parseFlags(rest, HOOK_RUN_FLAGS)
  if (isSet(flags, 'pre-commit')) return await (await import('./hook-pre-commit.ts')).callOf(world, name)
  const input = HOOKS[name].reads ? await world.readStdin() : new Uint8Array()
  return { name, args: flags.operands, input }
}

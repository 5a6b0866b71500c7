// `hook install|uninstall|run`: puts this program between a push, or a pull, and what is done with it.
import { Fault } from '../errors.ts'
import { HOOKS, type HookName, isHookName } from '../hook/name.ts'
import type { World } from '../system/world.ts'
import type { FlagTable } from './flags.ts'

export const HOOK_FLAGS: FlagTable = {
  program: { kind: 'value', value: 'PATH', help: 'install: what the hooks are to run; found by itself unless given' },
  shared: { kind: 'switch', help: 'install: also where core.hooksPath names one folder for all repositories' },
}

export async function hookCommand(world: World, args: readonly string[]): Promise<number> {
  const [action, ...rest] = args
  if (action === 'run') return (await import('./hook-run.ts')).runHook(world, rest)
  if (action === 'install') return (await import('./hook-install.ts')).installHooks(world, rest)
  if (action === 'uninstall') return (await import('./hook-uninstall.ts')).uninstallHooks(world, rest)
  throw new Fault('usage', `expected hook install, uninstall or run, not ${JSON.stringify(action ?? '')}`, {
    hint: `${world.name} help hook`,
  })
}

/** Throws `usage` for what is no hook of ours. */
export function hookNamed(name: string): HookName {
  if (isHookName(name)) return name
  throw new Fault('usage', `no hook is called ${JSON.stringify(name)}`, {
    hint: `there are ${Object.keys(HOOKS).join(', ')}`,
  })
}

// `hook install|uninstall|run`: puts this program between a push, or a pull, and what is done with it.
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'

export async function hookCommand(world: World, args: readonly string[]): Promise<number> {
  const [action, ...rest] = args
  if (action === 'run') return (await import('./hook-run.ts')).runHook(world, rest)
  if (action === 'install') return (await import('./hook-install.ts')).installHooks(world, rest)
  if (action === 'uninstall') return (await import('./hook-uninstall.ts')).uninstallHooks(world, rest)
  throw new Fault('usage', `expected hook install, uninstall or run, not ${JSON.stringify(action ?? '')}`, {
    hint: `${world.name} help hook`,
  })
}

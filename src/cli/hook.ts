// `hook install|uninstall|run`: puts this program between a push, or a pull, and what is done with it.
import type { World } from '../system/world.ts'
import { noSuchAction } from './misspelt.ts'

export async function hookCommand(world: World, args: readonly string[]): Promise<number> {
  const [action, ...rest] = args
  if (action === 'run') return (await import('./hook-run.ts')).runHook(world, rest)
  if (action === 'install') return (await import('./hook-install.ts')).installHooks(world, rest)
  if (action === 'uninstall') return (await import('./hook-uninstall.ts')).uninstallHooks(world, rest)
  throw noSuchAction(world, 'hook', action, ['install', 'uninstall', 'run'])
}

// The hooks of ours that the doctor finds, and whether they do their work: Git runs the file, and what it starts is there.

import type { Finding } from '../doctor/finding.ts'
import { checkHook, type Installed } from '../doctor/hook.ts'
import { hookEnvironment } from '../hook/environment.ts'
import { HOOKS, type HookName } from '../hook/name.ts'
import { findHookFolder, isExecutable } from '../system/git-hooks.ts'
import type { World } from '../system/world.ts'
import { attempt } from './doctor-attempt.ts'
import { findRelease } from './doctor-git.ts'
import { type InstalledHook, installedHook } from './hook-uninstall.ts'

const LOCAL = ['pre-push', 'post-merge', 'post-checkout'] as const
const UNREAD = 'put a hook that can be read in its place, or remove it, then gitsigil hook install'

/** Those of these names. */
export async function findHooks(
  world: World,
  folder: string,
  names: readonly HookName[],
): Promise<{ readonly value: readonly Installed[] } | { readonly finding: Finding }> {
  const inHook = { ...world, env: hookEnvironment(world.env) }
  const facts = async (hook: InstalledHook): Promise<Installed> => ({
    ...hook,
    refuses: HOOKS[hook.name].kind === 'refuse',
    isExecutable: isExecutable(folder, hook.name),
    // Of lines that somebody changed nothing is started.
    starts: hook.intact && (await findRelease(inHook, hook.command)) !== undefined,
  })
  const installed = async () => names.flatMap((name) => installedHook(folder, name) ?? [])
  return await attempt('hook', async () => await Promise.all((await installed()).map(facts)), UNREAD)
}

/** Those of a clone with a work tree, where none need be. */
export async function aboutLocalHooks(world: World): Promise<readonly Finding[]> {
  const place = await attempt('hook', () => findHookFolder(world))
  // As in the folder .git itself.
  if ('finding' in place) return []
  const { folder } = place.value
  const hooks = await findHooks(world, folder, LOCAL)
  return 'finding' in hooks ? [hooks.finding] : hooks.value.map((hook) => checkHook(hook, folder))
}

// `hook uninstall [NAME...]`: takes away the hooks that are ours, and puts back what was there: the same bytes and mode.
import { HOOKS, type HookName } from '../hook/name.ts'
import { KEPT_SUFFIX, parseHookScript } from '../hook/script.ts'
import { findHookFolder, isTaken, readHook, removeHook, restoreHook } from '../system/git-hooks.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { parseFlags } from './flags.ts'
import { hookNamed } from './hook-call.ts'
import { changed } from './hook-install.ts'
import { undoSettings } from './hook-settings.ts'

export async function uninstallHooks(world: World, args: readonly string[]): Promise<number> {
  const named = parseFlags(args, {}).operands.map(hookNamed)
  const { folder } = await findHookFolder(world)
  const ours = installedHooks(folder)
  const wanted = ours.filter(({ name }) => named.length === 0 || named.includes(name))
  for (const { name, intact } of wanted) if (!intact) throw changed(folder, name)
  const told = wanted.map(({ name }) => take(folder, name))
  if (wanted.length === ours.length) await undoSettings(world)
  const lines = told.length === 0 ? [`${folder}: no hook of ours is there`] : told
  world.write(1, lines.map((line) => `${escapeText(line)}\n`).join(''))
  return 0
}

/** A hook of ours. */
export interface InstalledHook {
  readonly name: HookName
  /** As it was made. */
  readonly intact: boolean
  /** What it starts. */
  readonly command: readonly string[]
}

/** Undefined where there is none of ours by this name. Throws `io` for what cannot be read. */
export function installedHook(folder: string, name: HookName): InstalledHook | undefined {
  const found = parseHookScript(readHook(folder, name) ?? '')
  if (!found.ours) return undefined
  return { name, intact: found.intact && found.name === name, command: found.command }
}

/** Those of ours. */
function installedHooks(folder: string): readonly InstalledHook[] {
  return (Object.keys(HOOKS) as readonly HookName[]).flatMap((name) => installedHook(folder, name) ?? [])
}

function take(folder: string, name: HookName): string {
  if (!isTaken(folder, name + KEPT_SUFFIX)) {
    removeHook(folder, name)
    return `${folder}/${name}: removed`
  }
  restoreHook(folder, name, name + KEPT_SUFFIX)
  return `${folder}/${name}: what was there before is back`
}

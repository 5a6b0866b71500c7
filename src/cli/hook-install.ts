// `hook install [NAME...]`: a hook file of ours for each name. One that was there is kept and run after ours; where a
// program manages the hooks, what to write into its configuration is said instead.
import { isAbsolute } from 'node:path'
import type { Configured } from '../compose/assessor.ts'
import { readHookConfiguration } from '../compose/hook.ts'
import { isGiven } from '../config/resolve.ts'
import { type Finding, ok } from '../doctor/finding.ts'
import { Fault } from '../errors.ts'
import { findManager, type ManagerName, snippetsFor } from '../hook/manager.ts'
import { type HookName, usualHooks } from '../hook/name.ts'
import { encodeHookScript, KEPT_SUFFIX, parseHookScript } from '../hook/script.ts'
import {
  findHookFolder,
  type HookFolder,
  hasFile,
  isTaken,
  keepHook,
  readHook,
  requireHooksPossible,
  writeHook,
} from '../system/git-hooks.ts'
import { ownCommand } from '../system/self.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { aboutAllowed, aboutPolicy } from './doctor-who.ts'
import { flagValue, isSet, parseFlags } from './flags.ts'
import { HOOK_FLAGS, hookNamed } from './hook-call.ts'
import { makeSettings } from './hook-settings.ts'
import { findExecutable } from './setup-program.ts'

/** What becomes of one hook, before it does. */
type Step =
  | { readonly name: HookName; readonly what: 'new' | 'beside' | 'again' }
  | { readonly name: HookName; readonly what: 'managed'; readonly by: ManagerName }

export async function installHooks(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, HOOK_FLAGS)
  const place = await findHookFolder(world)
  requireHooksPossible(place)
  if (place.namedBy !== undefined && !isOwn(place.namedBy) && !isSet(flags, 'shared')) throw shared(world, place)
  const named = flags.operands.map(hookNamed)
  const names = named.length === 0 ? usualHooks(place.isBare) : [...new Set(named)]
  const steps = names.map((name) => planStep(place, name))
  const command = await findCommand(world, flagValue(flags, 'program'))
  const inHook = await readHookConfiguration(world)
  const made = steps.flatMap(({ name, what }) => (what === 'managed' ? [] : [name]))
  const told: string[] = []
  try {
    for (const step of steps) {
      if (step.what !== 'managed') install(place, step, command)
      told.push(...stepText(place, step))
    }
    told.push(...(await makeSettings(world, inHook, made)), ...(await nextText(inHook, made)))
  } finally {
    // Last: where nobody reads, the first word ends the program, and hooks without their settings are half of it.
    tell(world, told)
  }
  return made.length === steps.length ? 0 : 2
}

function planStep({ folder, top }: HookFolder, name: HookName): Step {
  const current = readHook(folder, name)
  const has = (file: string) => hasFile(top, file)
  const by = findManager({ folder: folder.replaceAll('\\', '/'), current, has })
  if (by !== undefined) return { name, what: 'managed', by }
  if (!isTaken(folder, name)) return { name, what: 'new' }
  const found = parseHookScript(current ?? '')
  if (found.ours && !found.intact) throw changed(folder, name)
  if (found.ours) return { name, what: 'again' }
  if (isTaken(folder, name + KEPT_SUFFIX))
    throw new Fault('config', `${folder}/${name}${KEPT_SUFFIX} is there already, and so is another ${name}`, {
      hint: 'put the one that is right in its place, and remove the other',
    })
  return { name, what: 'beside' }
}

function install({ folder }: HookFolder, { name, what }: Step, command: readonly string[]): void {
  if (what === 'beside') keepHook(folder, name, name + KEPT_SUFFIX)
  writeHook(folder, name, encodeHookScript({ name, command }))
}

/** Absolute: a hook runs with whatever PATH the server or the editor has. Throws `usage`. */
async function findCommand(world: World, given: string | undefined): Promise<readonly string[]> {
  if (given === undefined) return ownCommand()
  const found = await findExecutable(world, given)
  if (found !== undefined && isAbsolute(found)) return [found]
  throw new Fault('usage', `--program ${JSON.stringify(given)} is not an executable`, {
    hint: 'give a name on the PATH or an absolute path',
  })
}

function stepText({ folder }: HookFolder, step: Step): readonly string[] {
  const path = `${folder}/${step.name}`
  if (step.what === 'managed') {
    const said = `${step.name}: ${step.by} manages the hooks here; nothing was written.`
    const snippets = snippetsFor(step.by, step.name)
    return snippets.flatMap(({ file, lines }, at) => [`${at === 0 ? `${said} ` : ''}Add to ${file}:`, '', ...lines, ''])
  }
  if (step.what === 'again') return [`${path}: made anew`]
  return [step.what === 'new' ? `${path}: made` : `${path}: made; the hook that was there is kept and runs after it`]
}

async function nextText(inHook: Configured, made: readonly HookName[]): Promise<readonly string[]> {
  if (made.length === 0) return []
  const late =
    'update runs when the objects are in the repository: those of a refused push stay. pre-receive keeps them out'
  return [
    ...(made.includes('update') ? [late] : []),
    `who may sign: ${await whoText(inHook)}`,
    `undo: ${inHook.world.name} hook uninstall`,
  ]
}

/** What says so already, for hooks, which no variable tells anything, or why it does not; where nothing does, what would. */
async function whoText(inHook: Configured): Promise<string> {
  const { policyRoot, policyRef, allow } = inHook.settings
  if (policyRoot !== undefined) {
    const said = `the policy in ${policyRef} says it, from gitsigil.policyRoot ${policyRoot.slice(0, 19)} on`
    return findingText(await aboutPolicy(inHook, () => ok('policy', said)))
  }
  if (isGiven(inHook, 'policyRef'))
    return 'git config gitsigil.policyRoot COMMIT: without it gitsigil.policyRef has no effect'
  if (allow.length > 0) return findingText(await aboutAllowed(inHook, () => ok('allowed', 'gitsigil.allow says it')))
  return `git config --add gitsigil.allow 'ISSUER SUBJECT', or a policy (${inHook.world.name} help policy)`
}

function findingText({ level, text, hint }: Finding): string {
  return level === 'ok' ? text : `nobody can yet: ${text}${hint === undefined ? '' : ` (${hint})`}`
}

function tell(world: World, lines: readonly string[]): void {
  world.write(1, lines.map((line) => `${escapeText(line)}\n`).join(''))
}

function isOwn(scope: string): boolean {
  return scope === 'local' || scope === 'worktree'
}

function shared({ name }: World, { folder, namedBy }: HookFolder): Fault {
  return new Fault('config', `core.hooksPath (${namedBy}) names ${folder} for every repository`, {
    hint: `${name} hook install --shared makes the hooks there`,
  })
}

/** Somebody's own lines are in it. */
export function changed(folder: string, name: string): Fault {
  return new Fault('config', `${folder}/${name} was changed since it was installed`, {
    hint: 'keep what you need of it elsewhere and remove it',
  })
}

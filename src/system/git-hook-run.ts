// A hook of the repository, run as Git runs it: by Git itself where it hands a hook something to read (2.40), else the file,
// in the folder where Git would run it. No shell of ours; what a hook prints goes to stderr.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { writeBytes } from './files.ts'
import { runGit } from './git.ts'
import { type HookEnd, type HookRequest, runHookChild } from './git-hook-child.ts'
import { findHookFolder, isExecutable, placedIn } from './git-hooks.ts'
import { withScratch } from './private-files.ts'
import type { World } from './world.ts'

/** A hook, its arguments, and what it reads. */
export interface HookCall {
  readonly name: string
  readonly args: readonly string[]
  readonly input: string
}

/** Throws `git` where it cannot be run, and `usage` outside of a repository. */
export async function runHook(world: World, call: HookCall): Promise<HookEnd> {
  if (!(await canGitRun(world))) return await runFile(world, call)
  return await withScratch(tmpdir(), async (folder) => {
    const file = join(folder, 'input')
    writeBytes(file, encodeUtf8(call.input))
    const words = ['git', 'hook', 'run', '--ignore-missing', `--to-stdin=${file}`, call.name, '--', ...call.args]
    return await start(call, words, { cwd: world.cwd, env: world.env, input: undefined })
  })
}

// Asked for its usage, so that a hook is never run to find out.
async function canGitRun(world: World): Promise<boolean> {
  const { stdout, stderr } = await runGit(world, ['hook', '-h'])
  return [stdout, stderr].some((bytes) => new TextDecoder().decode(bytes).includes('--to-stdin'))
}

async function runFile(world: World, call: HookCall): Promise<HookEnd> {
  const { folder, top } = await findHookFolder(world)
  if (!isExecutable(folder, call.name)) return { status: 0, said: '' }
  const request = { cwd: top, env: placedIn(world), input: encodeUtf8(call.input) }
  return await start(call, [join(folder, call.name), ...call.args], request)
}

async function start({ name }: HookCall, command: readonly string[], request: HookRequest): Promise<HookEnd> {
  try {
    return await runHookChild(command, request)
  } catch (cause) {
    throw new Fault('git', `cannot run the hook ${name}: ${whyNot(cause)}`, { cause })
  }
}

// The runtimes' own words are of their calls.
function whyNot(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (!('code' in thrown)) return thrown.message
  return thrown.code === 'ENOENT' ? 'the program that its first line names is not there' : String(thrown.code)
}

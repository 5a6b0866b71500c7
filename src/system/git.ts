// Git as a child: its configuration and its objects. Children never inherit stdout, which belongs to the signature, run
// without a shell, and read objects as they are: replace refs, grafts and fetches of missing objects are off.
import { Fault } from '../errors.ts'
import { run } from './child.ts'
import type { World } from './world.ts'

/** What a finished child said. */
export interface Output {
  readonly status: number | null
  readonly stdout: Uint8Array
  /** What is wrong, in one line for messages: see `complaintOf`. */
  readonly complaint: string
  readonly stderr: Uint8Array
}

/** More than the largest object that is read. */
const MAX_OUTPUT = 512 * 1024 * 1024

// GIT_ALLOW_PROTOCOL stops what Git before 2.45 knows no variable for: a fetch on its own from a promisor remote.
export const AS_THEY_ARE = {
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
}

/**
 * Runs `git` with `input` on its stdin. Throws `git` where it cannot be run or says more than half a gigabyte, and where it
 * does not go into the repository because that is somebody else's.
 */
export async function runGit(world: World, args: readonly string[], input?: Uint8Array): Promise<Output> {
  const output = await finish(world, args, input)
  if (output.status === 128) checkOwner(output)
  return output
}

/**
 * The same where somebody wrote a revision that is among the arguments or the input. Throws `usage` where Git has more than
 * one ref to choose from: it takes a tag before a branch, so whoever may push a tag would say what a branch's name means.
 */
export async function runNaming(world: World, args: readonly string[], input?: Uint8Array): Promise<Output> {
  // The configuration can silence it.
  const output = await runGit(world, ['-c', 'core.warnAmbiguousRefs=true', ...args], input)
  const said = new TextDecoder().decode(output.stderr).matchAll(/^warning: refname '(.*)' is ambiguous\.?$/gm)
  for (const name of new Set(Array.from(said, ([, word = '']) => word)))
    if (!(await isTakenFirst(world, name))) throw ambiguous(name)
  return output
}

/** Whether the name is no short one: HEAD, which `@` and nothing mean too, a full id, or a ref's full name. */
async function isTakenFirst(world: World, name: string): Promise<boolean> {
  if (name === '' || name === '@' || name === 'HEAD') return true
  if (name.startsWith('-')) return false
  const isId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(name)
  const args = ['rev-parse', '--verify', '--quiet', ...(isId ? [] : ['--symbolic-full-name']), name]
  const { stdout } = await runGit(world, ['-c', 'core.warnAmbiguousRefs=false', ...args])
  return new TextDecoder().decode(stdout).trimEnd() === (isId ? name.toLowerCase() : name)
}

function ambiguous(name: string): Fault {
  const hint = `write the one that is meant in full: refs/heads/${name}, refs/tags/${name} or refs/remotes/${name}`
  return new Fault('usage', `more than one ref is called ${name}`, { hint })
}

async function finish({ env, cwd }: World, args: readonly string[], input: Uint8Array | undefined): Promise<Output> {
  try {
    const request = { cwd, env: { ...env, ...AS_THEY_ARE }, input, limit: MAX_OUTPUT }
    const { status, stdout, stderr } = await run(['git', ...args], request)
    return { status, stdout, complaint: complaintOf(new TextDecoder().decode(stderr)), stderr }
  } catch (cause) {
    throw new Fault('git', `cannot run git: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

// Whatever was asked, this is no answer to it, and must not pass for "there is none". Git before 2.38 has the other words.
function checkOwner({ complaint, stderr }: Output): void {
  const [, why] = /^((?:detected dubious ownership|unsafe repository) .*)$/.exec(complaint) ?? []
  if (why === undefined) return
  const [command = 'see safe.directory in git help config'] =
    /git config --global --add safe\.directory .+/.exec(new TextDecoder().decode(stderr)) ?? []
  throw new Fault('git', why, { hint: `where you trust its owner: ${command}` })
}

const BLAME = /^(?:(?:fatal|error): )+/

/**
 * What is wrong, in Git's words without its `fatal: `, which a message of ours says itself; else the first line that is no
 * advice. Warnings may stand before it.
 */
export function complaintOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !line.startsWith('hint: '))
  const line = lines.find((text) => BLAME.test(text)) ?? lines.find((text) => text !== '') ?? ''
  return line.replace(BLAME, '').slice(0, 300)
}

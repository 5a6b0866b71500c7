// The door Git knocks on. Whatever goes wrong behind it, Git reads a verdict: without one `%G?` shows N for a tampered
// object, and `git log --format=%GT` aborts.
import { isFixedPath } from '../config/resolve.ts'
import { exitStatus, Fault, isClosed, Misspelt, unheardStatus } from '../errors.ts'
import type { World } from '../system/world.ts'
import { tellFailure } from '../tell.ts'
import { findStatusFd, type GitCall, parseGitCall } from './call.ts'
import { type LoggedWorld, withLog } from './log.ts'
import { errorStatus } from './status.ts'
// By far the most frequent call: to load it apart would cost a file more each time.
import { verifyForGit } from './verify.ts'

/** Answers one call of Git, or of who imitates it; gives the exit status. */
export async function enterGitDoor(outer: World): Promise<number> {
  const world = withLog(outer)
  // Until the configuration is read, the environment alone says where the log is. A relative path is refused there: in
  // the work tree a repository may have put a link in its place.
  const path = outer.env['GITSIGIL_LOG'] || outer.env['GITSIGN_LOG']
  if (path && isFixedPath(path, outer.platform)) world.logTo(path)
  try {
    return await answer(world, parseGitCall(world.args))
  } catch (thrown) {
    try {
      await tell(world, thrown instanceof Misspelt ? await meant(thrown) : thrown)
      return exitStatus(thrown)
    } catch (unheard) {
      return unheardStatus(thrown, unheard)
    }
  }
}

// Loaded only where rekorMode=online asks for it: to verify reaches no network otherwise.
const loadOnline = async () => (await import('../compose/online.ts')).composeFinder

async function answer(world: LoggedWorld, call: GitCall): Promise<number> {
  if (call.action === 'verify') return verifyForGit(world, call, loadOnline)
  if (call.action === 'sign') return (await import('./sign.ts')).signForGit(world, call)
  const { answerListing, answerVersion } = await import('./list.ts')
  return call.action === 'list' ? answerListing(world) : answerVersion(world)
}

async function meant(thrown: Misspelt): Promise<Fault> {
  return thrown.withNearest((await import('../nearest.ts')).nearest)
}

async function tell(world: World, thrown: unknown): Promise<void> {
  const verifies = world.args.some((arg) => arg === '--verify' || /^-[a-z]*v$/.test(arg))
  // Git would report a broken pipe instead of what went wrong.
  if (verifies || isSigning(world.args)) await drain(world)
  try {
    if (!isClosed(thrown)) await tellPeople(world, tellFailure(world, thrown), verifies)
  } finally {
    // Whoever reads it, whether or not anybody reads the words.
    if (verifies) world.write(findStatusFd(world.args) ?? 1, errorStatus())
  }
}

async function tellPeople(world: World, text: string, verifies: boolean): Promise<void> {
  world.write(2, text)
  if (!verifies) await tellTerminal(world, text)
}

// Git before 2.40 drops the stderr of a failed signing.
async function tellTerminal(world: World, text: string): Promise<void> {
  if (world.isTerminal(2)) return
  const { writeTerminal } = await import('../system/terminal.ts')
  writeTerminal(world, text)
}

async function drain(world: World): Promise<void> {
  try {
    if (!world.isTerminal(0)) await world.readStdin()
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
  }
}

function isSigning(args: readonly string[]): boolean {
  return args.some((arg) => arg === '--sign' || arg === '--detach-sign' || /^-[a-z]*[bs][a-z]*$/.test(arg))
}

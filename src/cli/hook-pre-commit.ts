// pre-commit says in PRE_COMMIT_* variables what Git says in arguments and on standard input, and of a push the first ref
// alone. They choose what is looked at, never who is trusted.
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { HookName } from '../hook/name.ts'
import { runNaming } from '../system/git.ts'
import { findCommit } from '../system/git-walk.ts'
import type { World } from '../system/world.ts'
import type { HookCall } from './hook-call.ts'

const NOTHING = new Uint8Array()

/** Throws `usage` where it is not called by pre-commit. */
export async function callOf(world: World, name: HookName): Promise<HookCall> {
  const { env } = world
  if (name === 'post-merge') return { name, args: [env['PRE_COMMIT_IS_SQUASH_MERGE'] ?? '0'], input: NOTHING }
  if (name !== 'post-checkout') return { name, args: [], input: await readPush(world) }
  const [from, to] = [env['PRE_COMMIT_FROM_REF'], env['PRE_COMMIT_TO_REF']]
  if (from === undefined || to === undefined) throw unsaid()
  return { name, args: [from, to, env['PRE_COMMIT_CHECKOUT_TYPE'] ?? '1'], input: NOTHING }
}

// What the other end has is not what pre-commit calls `from`, which is a guess at where the range begins. Of a history
// that leaves whole it names the branch alone.
async function readPush(world: World): Promise<Uint8Array> {
  const { PRE_COMMIT_TO_REF: to, PRE_COMMIT_LOCAL_BRANCH: branch, PRE_COMMIT_REMOTE_BRANCH: ref } = world.env
  const said = to ?? branch
  const oid = said === undefined ? undefined : await findCommit(world, said, runNaming)
  if (oid === undefined) throw unsaid()
  return encodeUtf8(`x ${oid} ${ref ?? 'refs/heads/unknown'} ${'0'.repeat(oid.length)}\n`)
}

function unsaid(): Fault {
  return new Fault('usage', 'pre-commit did not say what is to be looked at')
}

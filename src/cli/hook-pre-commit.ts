// pre-commit says in PRE_COMMIT_* variables what Git says in arguments and on standard input, and of a push the first ref
// alone. They choose what is looked at, never who is trusted.
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { HookName } from '../hook/name.ts'
import type { World } from '../system/world.ts'
import type { HookCall } from './hook-run.ts'

/** Throws `usage` where it is not called by pre-commit. */
export function callOf({ env }: World, name: HookName): HookCall {
  const [from, to] = [env['PRE_COMMIT_FROM_REF'], env['PRE_COMMIT_TO_REF']]
  if (name === 'post-merge') return { name, args: [env['PRE_COMMIT_IS_SQUASH_MERGE'] ?? '0'], input: new Uint8Array() }
  if (from === undefined || to === undefined) throw new Fault('usage', 'pre-commit did not say what is to be looked at')
  if (name === 'post-checkout')
    return { name, args: [from, to, env['PRE_COMMIT_CHECKOUT_TYPE'] ?? '1'], input: new Uint8Array() }
  const ref = env['PRE_COMMIT_REMOTE_BRANCH'] ?? 'refs/heads/unknown'
  // What the other end has is not what pre-commit calls `from`, which is a guess at where the range begins.
  return { name, args: [], input: encodeUtf8(`x ${to} ${ref} ${'0'.repeat(to.length)}\n`) }
}

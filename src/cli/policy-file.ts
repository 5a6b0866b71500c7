// The policy that a command is about: a file, or what a revision has in the policy's place.
import { join } from 'node:path'
import { decodeUtf8 } from '../bytes.ts'
import { type Configured, composeTrust } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { POLICY_PATH, parsePolicy } from '../policy/parse.ts'
import type { Policy } from '../policy/prepare.ts'
import { MAX_POLICY } from '../policy/yaml.ts'
import { readBytesIfAny, resolvePath } from '../system/files.ts'
import { runGit, runNaming } from '../system/git.ts'
import { findObjects, readObjects } from '../system/git-objects.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'

/** The file that the operand names, else the one in the work tree. */
export async function policyPath(world: World, operand: string | undefined): Promise<string> {
  if (operand !== undefined) return resolvePath(operand, world)
  return join(await workTree(world), ...POLICY_PATH.split('/'))
}

/** Top of the work tree. Throws `git` where there is none. */
export async function workTree(world: World): Promise<string> {
  const { status, stdout, complaint } = await runGit(world, ['rev-parse', '--show-toplevel'])
  const path = decodeUtf8(stdout).replace(/\n$/, '')
  if (status !== 0 || path === '')
    throw new Fault('git', `no work tree here${complaint === '' ? '' : `: ${complaint}`}`)
  return path
}

/** Throws `config` where it is wrong, `io` where it is not there. */
export async function readPolicyAt(configured: Configured, path: string): Promise<Policy> {
  const standard = composeTrust(configured).standard.name
  const hint = `${configured.world.name} policy init drafts one; a policy elsewhere is named by its path`
  return await parsePolicy(readNeeded(path, hint), path, standard)
}

/** A file that this cannot do without. Throws `io` with the hint where it is not there. */
export function readNeeded(path: string, hint: string): Uint8Array {
  const bytes = readBytesIfAny(path, MAX_POLICY + 1)
  if (bytes === undefined) throw new Fault('io', `cannot read ${path}: there is no such file`, { hint })
  return bytes
}

/** The policy of a revision, or of a file that is named by a path with a slash. Nothing is authenticated. */
export async function readPolicyOf(configured: Configured, operand: string): Promise<Policy> {
  const { world } = configured
  const [blob] = await readObjects(world, [`${operand}:${POLICY_PATH}`], runNaming)
  const standard = composeTrust(configured).standard.name
  if (blob?.type === 'blob') return await parsePolicy(blob.bytes, `${operand}:${POLICY_PATH}`, standard)
  const [revision] = await findObjects(world, [operand])
  if (revision !== undefined) throw new Fault('git', `${operand} has no ${POLICY_PATH}`)
  const path = resolvePath(operand, world)
  const bytes = operand.includes('/') ? readBytesIfAny(path, MAX_POLICY + 1) : undefined
  if (bytes !== undefined) return await parsePolicy(bytes, path, standard)
  if (operand.includes('/')) throw new Fault('git', `neither a revision nor a file: ${operand}`)
  throw new Fault('git', `no such revision: ${operand}`, { hint: `./${operand} would be a file` })
}

/** Writes lines to stdout, each made harmless. */
export function tellLines(world: World, ...lines: readonly string[]): void {
  world.write(1, lines.map((line) => `${escapeText(line)}\n`).join(''))
}

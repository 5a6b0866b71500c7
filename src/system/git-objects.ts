// Several objects by one child, each by any name Git knows. Nothing is fetched; what is missing is told apart from what
// cannot be read.
import { Buffer } from 'node:buffer'
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import { type GitObject, parseAnswer } from './git-object.ts'
import type { World } from './world.ts'

/**
 * The objects in the order of `names`; undefined for one that is not there. Throws `git`.
 * @param git `runNaming` where somebody wrote the names
 */
export async function readObjects(
  world: World,
  names: readonly string[],
  git = runGit,
): Promise<readonly (GitObject | undefined)[]> {
  return parseBatches(await ask(world, '--batch', names, git), names, true)
}

/** The same without their contents. */
export async function findObjects(
  world: World,
  names: readonly string[],
): Promise<readonly (Omit<GitObject, 'bytes'> | undefined)[]> {
  return parseBatches(await ask(world, '--batch-check', names, runGit), names, false)
}

async function ask(
  world: World,
  mode: '--batch' | '--batch-check',
  names: readonly string[],
  git: typeof runGit,
): Promise<Buffer> {
  const bad = names.find((name) => name === '' || /[\0\n\r]/.test(name))
  if (bad !== undefined) throw new Fault('usage', `not a revision: ${JSON.stringify(bad)}`)
  if (names.length === 0) return Buffer.alloc(0)
  const { status, stdout, complaint } = await git(world, ['cat-file', mode], encodeUtf8(`${names.join('\n')}\n`))
  if (status !== 0) throw new Fault('git', `cannot read objects: ${complaint || 'git cat-file failed'}`)
  return Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength)
}

function parseBatches(
  output: Buffer,
  names: readonly string[],
  hasContents: boolean,
): readonly (GitObject | undefined)[] {
  let at = 0
  return names.map((name) => {
    const newline = output.indexOf(0x0a, at)
    const header = newline < 0 ? '' : output.toString('utf8', at, newline)
    at = newline + 1
    if (header === `${name} missing`) return undefined
    const answer = parseAnswer(header)
    const end = at + (hasContents && answer !== undefined ? answer.size : 0)
    if (answer === undefined || (hasContents && output[end] !== 0x0a))
      throw new Fault('git', `cannot read ${name}: unexpected answer of git cat-file`)
    const { size: _, ...object } = answer
    const bytes = output.subarray(at, end)
    at = hasContents ? end + 1 : at
    return { ...object, bytes }
  })
}

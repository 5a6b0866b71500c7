// The policy last authenticated for this repository, kept in its Git folder: read at Git's door, brought up to date by
// everybody else. It only goes forward: a ref that went back, or elsewhere, changes nothing and is told.
import { dirname, join } from 'node:path'
import { Fault } from '../errors.ts'
import { type KeptPolicy, MAX_KEPT, parseKept } from '../policy/kept.ts'
import { readBytesIfAny } from '../system/files.ts'
import { repositoryConfigPath } from '../system/git-config.ts'
import type { Configured } from './assessor.ts'

/** What is kept for the configured root; undefined where there is nothing of use. Throws `io`, `git` or `parse`. */
export async function readKeptPolicy(configured: Configured): Promise<KeptPolicy | undefined> {
  const bytes = readBytesIfAny(await keptPath(configured), MAX_KEPT)
  const kept = bytes && parseKept(bytes)
  return kept?.root === configured.settings.policyRoot ? kept : undefined
}

/** Where it is kept. Throws `git` outside of a repository. */
export async function keptPath({ git, world }: Configured): Promise<string> {
  const own = repositoryConfigPath(git, world)
  const folder = own === undefined ? await askGit(world) : dirname(own)
  return join(folder, 'gitsigil', 'policy.json')
}

async function askGit(world: Configured['world']): Promise<string> {
  const { findGitFolder } = await import('../system/git-folder.ts')
  const folder = await findGitFolder(world)
  if (folder === undefined) throw new Fault('git', 'not in a Git repository, so no policy is kept')
  return folder
}

// The repositories of `monitor`: the folders that were named, else the one here.
import type { Named } from '../compose/monitor-objects.ts'
import { aboutRepository, repositoryName } from '../compose/monitor-standing.ts'
import { Fault } from '../errors.ts'
import { requireFolder, resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'
import type { ParsedFlags } from './flags.ts'

/** What Git's own variables say is about the repository here, and about no other. */
const OF_HERE: readonly string[] = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_CEILING_DIRECTORIES',
]

/** Throws `git` for a folder that is no repository, `io` for what is no folder. */
export async function repositoriesFrom(world: World, flags: ParsedFlags): Promise<readonly Named[]> {
  const folders = [...flags.operands, ...(flags.values.get('repository') ?? [])]
  if (folders.length === 0)
    return [{ name: required(await repositoryName(world), 'here', '--repository names one'), world }]
  const found: Named[] = []
  for (const folder of folders) {
    const path = resolvePath(folder, world)
    requireFolder(path)
    const there = inFolder(world, path)
    const name = required(
      await aboutRepository(folder, () => repositoryName(there)),
      `in ${folder}`,
      'name the folder of a repository, or of a clone of it',
    )
    found.push({ name, world: there })
  }
  return found
}

function required(name: string | undefined, where: string, hint: string): string {
  if (name === undefined) throw new Fault('git', `no Git repository ${where}`, { hint })
  return name
}

function inFolder(world: World, cwd: string): World {
  const env = Object.entries(world.env).filter(([name]) => !OF_HERE.includes(name))
  return { ...world, cwd, env: Object.fromEntries(env) }
}

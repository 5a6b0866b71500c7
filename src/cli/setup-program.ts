// What Git is to call: the name, where the PATH leads from it to us, else the path we were started by.
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { Fault } from '../errors.ts'
import { ownProgram } from '../system/self.ts'
import type { World } from '../system/world.ts'

/** @param given as a flag has it: a name on the PATH, or an absolute path. Throws `usage` where it cannot be run. */
export async function findProgram(world: World, given?: string): Promise<string> {
  if (given !== undefined) {
    if ((await findExecutable(world, given)) !== undefined) return given
    throw new Fault('usage', `--program ${JSON.stringify(given)} is not an executable`, {
      hint: 'give a name on the PATH or an absolute path',
    })
  }
  return (await findExecutable(world, world.name)) === undefined ? ownProgram() : world.name
}

/** The file that Git would run by this value, which it splits nowhere and looks up like any command. */
export async function findExecutable(world: World, program: string): Promise<string | undefined> {
  if (isAbsolute(program)) return (await isExecutable(program)) ? program : undefined
  // With a slash in it the shell's rule holds: from the folder Git happens to be in.
  if (/[\\/]/.test(program)) return undefined
  const folders = (world.env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  const endings = world.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  const paths = folders.flatMap((folder) => endings.map((ending) => join(folder, `${program}${ending}`)))
  for (const path of paths) if (await isExecutable(path)) return path
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

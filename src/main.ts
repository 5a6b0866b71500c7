// Which door: Git's (options first, as Git calls gpg) or people's (a command first). Each is loaded only when entered.
import type { World } from './system/world.ts'

/** Runs the program once and gives its exit status. Rejects only where even the failure could not be told. */
export async function main(world: World): Promise<number> {
  if (isGitCall(world.args)) return (await import('./gpg/door.ts')).enterGitDoor(world)
  return (await import('./cli/main.ts')).runCommand(world)
}

/** Git, EGit and people who imitate them start with an option; commands start with a word. */
export function isGitCall(args: readonly string[]): boolean {
  const first = args[0]
  return first?.startsWith('-') === true && first !== '--help' && first !== '-h'
}

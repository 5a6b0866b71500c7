// Words that are none of those known here: commands, their actions, flags. Which one was meant is looked for where the fault
// is told, and nothing for it is loaded before.
import { Fault, Misspelt } from '../errors.ts'
import type { World } from '../system/world.ts'

/** With what was meant, where that can be told; anything else as it is. */
export async function withNearest(thrown: unknown): Promise<unknown> {
  return thrown instanceof Misspelt ? thrown.withNearest((await import('../nearest.ts')).nearest) : thrown
}

/** Of a command that has several actions, where none of them is named. */
export function noSuchAction(
  world: Pick<World, 'name'>,
  command: string,
  given: string | undefined,
  known: readonly string[],
): Fault {
  const takes = `${command} takes ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}`
  const hint = `${world.name} help ${command} says more`
  if (given === undefined) return new Fault('usage', takes, { hint })
  return new Misspelt(`${takes}, not ${JSON.stringify(given)}`, { word: given, known, before: `${command} `, hint })
}

// Words that are none of those known here: commands, their actions, flags. Which one was meant is looked for where the fault
// is told, and nothing for it is loaded before.
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'

interface Word {
  readonly word: string
  readonly known: readonly string[]
  /** What stands before a known one where it is written in full. */
  readonly before?: string
  /** What to do where none is near. */
  readonly hint: string
}

/** A `usage` fault that can tell what was meant. */
export class Misspelt extends Fault {
  readonly #word: Word

  constructor(message: string, word: Word) {
    super('usage', message, { hint: word.hint })
    this.#word = word
  }

  async withNearest(): Promise<Fault> {
    const { word, known, before = '' } = this.#word
    const { nearest } = await import('../nearest.ts')
    const near = nearest(word, known)
    return near === undefined ? this : new Fault('usage', this.message, { hint: `did you mean ${before}${near}?` })
  }
}

/** With what was meant, where that can be told; anything else as it is. */
export async function withNearest(thrown: unknown): Promise<unknown> {
  return thrown instanceof Misspelt ? await thrown.withNearest() : thrown
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

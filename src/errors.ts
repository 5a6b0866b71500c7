// The one kind of error that is not a bug: a fault with a stable code, a message that names the thing, and the way out.

/**
 * What went wrong, for programs. `usage` and `config` are the caller's to mend; `network`, `identity`, `ca`, `log`,
 * `tsa`, `trust`, `git` and `io` name the part of the world that failed; `parse` is malformed input; `interrupted` is a
 * person's Ctrl-C; `closed` is a pipe that nobody reads any more, as behind `head`.
 */
export type FaultCode =
  | 'usage'
  | 'config'
  | 'network'
  | 'identity'
  | 'ca'
  | 'log'
  | 'tsa'
  | 'trust'
  | 'git'
  | 'io'
  | 'parse'
  | 'interrupted'
  | 'closed'

export interface FaultDetail {
  /** One line that says what to do, printed after `gitsigil: hint: `. */
  readonly hint?: string
  readonly cause?: unknown
}

/** A foreseen failure. Its message is one line: lower case, no full stop, no secret. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly hint: string | undefined

  constructor(code: FaultCode, message: string, detail: FaultDetail = {}) {
    super(message, { cause: detail.cause })
    this.name = 'Fault'
    this.code = code
    this.hint = detail.hint
  }
}

/** What was written where one of the known words was expected. */
interface Word {
  readonly word: string
  readonly known: readonly string[]
  /** What stands before a known one where it is written in full. */
  readonly before?: string
  /** What to do where none is near. */
  readonly hint: string
}

/** A `usage` fault that can tell what was meant: looked for where it is told, and nothing for it is loaded before. */
export class Misspelt extends Fault {
  readonly #word: Word

  constructor(message: string, word: Word) {
    super('usage', message, { hint: word.hint })
    this.#word = word
  }

  /** @param nearest finds the known word that is meant */
  withNearest(nearest: (word: string, known: readonly string[]) => string | undefined): Fault {
    const { word, known, before = '' } = this.#word
    const near = nearest(word, known)
    return near === undefined ? this : new Fault('usage', this.message, { hint: `did you mean ${before}${near}?` })
  }
}

/** The fault every parser throws: `what` names the structure, `why` what is wrong with it. */
export function malformed(what: string, why: string): Fault {
  return new Fault('parse', `${what}: ${why}`)
}

/**
 * Exit status for anything thrown: 2 for usage and configuration, 130 as from Ctrl-C, 141 as of a program that a closed pipe
 * ended, 3 for all else, bugs included.
 */
export function exitStatus(thrown: unknown): 2 | 3 | 130 | 141 {
  const code = thrown instanceof Fault ? thrown.code : undefined
  if (code === 'interrupted') return 130
  if (code === 'closed') return 141
  return code === 'usage' || code === 'config' ? 2 : 3
}

/** Exit status where `thrown` could not be told because of `unheard`: of a closed pipe its own. Throws what is no fault. */
export function unheardStatus(thrown: unknown, unheard: unknown): ReturnType<typeof exitStatus> {
  if (!(unheard instanceof Fault)) throw unheard
  return exitStatus(isClosed(unheard) ? unheard : thrown)
}

/** Whether nobody is there to read what is said: to say more would fail in the same way. */
export function isClosed(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'closed'
}

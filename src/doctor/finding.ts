// One line of the doctor's: what was looked at, how it is, and what to do where it is not well.

export interface Finding {
  /** One or two words: `clock`. */
  readonly name: string
  /** `warn`: works, but not as a person might expect; `fail`: signing or verifying will not work. */
  readonly level: 'ok' | 'warn' | 'fail'
  /** One line, may quote the outside: escaped where it is printed. */
  readonly text: string
  /** What to do. */
  readonly hint?: string
}

export function ok(name: string, text: string): Finding {
  return { name, level: 'ok', text }
}

export function warn(name: string, text: string, hint?: string): Finding {
  return hint === undefined ? { name, level: 'warn', text } : { name, level: 'warn', text, hint }
}

export function fail(name: string, text: string, hint: string): Finding {
  return { name, level: 'fail', text, hint }
}

// A token or key that must not be printed: it shows itself as [secret] to every printer and serialiser.

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** Holds a secret string. Only `reveal`, whose calls are easy to find, gives it back. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [INSPECT](): string {
    return '[secret]'
  }
}

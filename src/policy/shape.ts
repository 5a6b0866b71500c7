// Shapes of what a policy file holds. One shape both reads a node, strictly, and is a JSON Schema (draft 2020-12), so
// that what an editor calls right is what the reader takes. A fault names the line, and for an unknown key the nearest.

import { describeNode, type Node, unfit } from './node.ts'

export interface Shape<T> {
  /** Throws `config` (`unfit`). */
  read(node: Node): T
  readonly schema: object
}

export type ReadBy<S> = S extends Shape<infer T> ? T : never

interface TextForm {
  /** What it is, for messages and editors. */
  readonly what: string
  /** Of the whole text, as JSON Schema has it: the u flag, nothing else. */
  readonly pattern: string
}

export function text({ what, pattern }: TextForm): Shape<string> {
  const whole = new RegExp(pattern, 'u')
  return {
    schema: { type: 'string', pattern, description: what },
    read(node) {
      if (node.kind === 'scalar' && typeof node.value === 'string' && whole.test(node.value)) return node.value
      const hint = node.kind === 'scalar' && typeof node.value !== 'string' ? 'put it in quotes' : undefined
      throw unfit(node.line, `expected ${what}, found ${describeNode(node)}`, hint)
    },
  }
}

export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  return {
    schema: { enum: values },
    read(node) {
      const found = node.kind === 'scalar' ? values.find((value) => value === node.value) : undefined
      if (found !== undefined) return found
      throw unfit(node.line, `expected ${values.join(' or ')}, found ${describeNode(node)}`)
    },
  }
}

export function count(minimum: number, maximum: number): Shape<number> {
  return {
    schema: { type: 'integer', minimum, maximum },
    read(node) {
      const value = node.kind === 'scalar' ? node.value : undefined
      if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value
      throw unfit(node.line, `expected a whole number from ${minimum} to ${maximum}, found ${describeNode(node)}`)
    },
  }
}

/** A list of at least one. */
export function listOf<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    schema: { type: 'array', items: item.schema, minItems: 1 },
    read(node) {
      if (node.kind !== 'list') throw unfit(node.line, `expected a list, found ${describeNode(node)}`)
      if (node.items.length === 0) throw unfit(node.line, 'an empty list: leave the key out')
      return node.items.map(item.read)
    },
  }
}

/** One, or a list of them. */
export function someOf<T>(item: Shape<T>): Shape<readonly T[]> {
  const list = listOf(item)
  return {
    schema: { anyOf: [item.schema, list.schema] },
    read: (node) => (node.kind === 'list' ? list.read(node) : [item.read(node)]),
  }
}

/** The first shape for a scalar, the second for anything else. */
export function scalarOr<A, B>(scalar: Shape<A>, other: Shape<B>): Shape<A | B> {
  return {
    schema: { anyOf: [scalar.schema, other.schema] },
    read: (node) => (node.kind === 'scalar' ? scalar.read(node) : other.read(node)),
  }
}

/** What stood under a key of the author's own choice. */
export interface Named<T> {
  readonly name: string
  readonly line: number
  readonly value: T
}

/** A map from names, in the order of the file. */
export function mapOf<T>(name: TextForm, value: Shape<T>): Shape<readonly Named<T>[]> {
  const key = text(name)
  return {
    schema: { type: 'object', propertyNames: key.schema, additionalProperties: value.schema },
    read(node) {
      if (node.kind !== 'map') throw unfit(node.line, `expected a map, found ${describeNode(node)}`)
      return node.entries.map((entry) => ({
        name: key.read({ kind: 'scalar', line: entry.line, value: entry.key }),
        line: entry.line,
        value: value.read(entry.value),
      }))
    },
  }
}

/** A key that has its place and its meaning, but not yet in this version. */
export function reserved(what: string): Shape<never> {
  return {
    schema: { not: {}, description: `reserved: ${what} are not available yet` },
    read(node) {
      throw unfit(
        node.line,
        `${what} are not available yet`,
        'a requirement that cannot be checked is never left out: remove it',
      )
    },
  }
}

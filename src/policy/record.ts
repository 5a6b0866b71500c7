// Records: maps of known keys, of which some must be there and some exclude each other. An unknown key is a fault.
import { nearest } from '../nearest.ts'
import { describeNode, unfit } from './node.ts'
import type { ReadBy, Shape } from './shape.ts'

interface RecordRules {
  /** Of each group exactly one key is given. */
  readonly exactlyOne?: readonly (readonly string[])[]
  /** Of each group at most one. */
  readonly atMostOne?: readonly (readonly string[])[]
  readonly description?: string
}

type Shapes = Readonly<Record<string, Shape<unknown>>>
type Read<N extends Shapes, O extends Shapes> = { readonly [K in keyof N]: ReadBy<N[K]> } & {
  readonly [K in keyof O]: ReadBy<O[K]> | undefined
} & { readonly line: number }

/** A map of known keys; any other is a fault. */
export function recordOf<N extends Shapes, O extends Shapes>(
  needed: N,
  optional: O,
  rules: RecordRules = {},
): Shape<Read<N, O>> {
  const known: Shapes = { ...needed, ...optional }
  return {
    schema: recordSchema(needed, known, rules),
    read(node) {
      if (node.kind !== 'map') throw unfit(node.line, `expected a map, found ${describeNode(node)}`)
      const found: Record<string, unknown> = { line: node.line }
      for (const { key, line, value } of node.entries) {
        const shape = Object.hasOwn(known, key) ? known[key] : undefined
        if (shape === undefined) throw unknownKey(key, line, Object.keys(known))
        found[key] = shape.read(value)
      }
      checkKeys(node.line, new Set(node.entries.map(({ key }) => key)), Object.keys(needed), rules)
      return found as Read<N, O>
    },
  }
}

function unknownKey(key: string, line: number, known: readonly string[]) {
  const near = nearest(key, known)
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`
  return unfit(line, `unknown key ${JSON.stringify(key.slice(0, 60))}`, hint)
}

function checkKeys(line: number, given: ReadonlySet<string>, needed: readonly string[], rules: RecordRules): void {
  for (const key of needed) if (!given.has(key)) throw unfit(line, `the key ${key} is missing`)
  for (const group of [...(rules.exactlyOne ?? []), ...(rules.atMostOne ?? [])])
    if (group.filter((key) => given.has(key)).length > 1) throw unfit(line, `${group.join(' and ')} exclude each other`)
  for (const group of rules.exactlyOne ?? [])
    if (!group.some((key) => given.has(key))) throw unfit(line, `${group.join(' or ')} is missing`)
}

function recordSchema(
  needed: Shapes,
  known: Shapes,
  { exactlyOne = [], atMostOne = [], description }: RecordRules,
): object {
  const require = (key: string) => ({ required: [key] })
  const groups = [
    ...exactlyOne.map((group) => ({ oneOf: group.map(require) })),
    ...atMostOne.map((group) => ({ not: { required: [...group] } })),
  ]
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(Object.entries(known).map(([key, { schema }]) => [key, schema])),
    ...(Object.keys(needed).length === 0 ? {} : { required: Object.keys(needed) }),
    additionalProperties: false,
    ...(groups.length === 0 ? {} : { allOf: groups }),
  }
}

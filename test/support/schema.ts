// A checker for the keywords of JSON Schema that schema/*.json use, and for no others: an unknown one is an error.

type Schema = Readonly<Record<string, unknown>>
type Check = (wanted: never, value: unknown, path: string, root: Schema, schema: Schema) => readonly string[]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const say = (fails: boolean, path: string, what: string) => (fails ? [`${path}: ${what}`] : [])
const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const CHECKS: Readonly<Record<string, Check>> = {
  $schema: () => [],
  $id: () => [],
  $defs: () => [],
  title: () => [],
  description: () => [],
  format: (_wanted: string, value, path) => say(Number.isNaN(Date.parse(String(value))), path, 'not a time'),
  type: (wanted: string, value, path) => say(typeOf(value) !== wanted, path, `not ${wanted}`),
  const: (wanted: unknown, value, path) => say(value !== wanted, path, `not ${String(wanted)}`),
  enum: (wanted: readonly unknown[], value, path) => say(!wanted.includes(value), path, `not one of ${wanted}`),
  pattern: (wanted: string, value, path) => say(!new RegExp(wanted).test(String(value)), path, `not ${wanted}`),
  minItems: (wanted: number, value, path) => say(Array.isArray(value) && value.length < wanted, path, 'too few'),
  maxItems: (wanted: number, value, path) => say(Array.isArray(value) && value.length > wanted, path, 'too many'),
  maxProperties: (wanted: number, value, path) =>
    say(isObject(value) && Object.keys(value).length > wanted, path, 'too many members'),
  required: (wanted: readonly string[], value, path) =>
    wanted.flatMap((name) => say(isObject(value) && !Object.hasOwn(value, name), path, `lacks ${name}`)),
  properties: (wanted: Readonly<Record<string, unknown>>, value, path, root) =>
    isObject(value)
      ? Object.entries(wanted).flatMap(([name, one]) =>
          Object.hasOwn(value, name) ? violations(one, value[name], `${path}/${name}`, root) : [],
        )
      : [],
  additionalProperties: (wanted: unknown, value, path, root, schema) => {
    const known = Object.keys((schema['properties'] ?? {}) as object)
    const others = isObject(value) ? Object.keys(value).filter((name) => !known.includes(name)) : []
    return others.flatMap((name) => violations(wanted, (value as Schema)[name], `${path}/${name}`, root))
  },
  items: (wanted: unknown, value, path, root) =>
    Array.isArray(value) ? value.flatMap((one, index) => violations(wanted, one, `${path}/${index}`, root)) : [],
  oneOf: (wanted: readonly unknown[], value, path, root) => {
    const tries = wanted.map((one) => violations(one, value, path, root))
    const fitting = tries.filter((one) => one.length === 0).length
    return fitting === 1 ? [] : [`${path}: fits ${fitting} of ${wanted.length}`, ...tries.flat()]
  },
  $ref: (wanted: string, value, path, root) =>
    violations(
      wanted
        .split('/')
        .slice(1)
        .reduce<unknown>((at, name) => (at as Schema)[name], root),
      value,
      path,
      root,
    ),
}

/** What is wrong with `value`; empty where it fits. */
export function violations(schema: unknown, value: unknown, path = '', root = schema as Schema): readonly string[] {
  if (typeof schema === 'boolean') return say(!schema, path, 'not expected')
  if (!isObject(schema)) throw new Error('not a schema')
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    const check = CHECKS[keyword]
    if (check === undefined) throw new Error(`unknown keyword ${keyword}`)
    return check(wanted as never, value, path, root, schema)
  })
}

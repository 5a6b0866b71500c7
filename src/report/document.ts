// Fields of the documents that a run is written in, read back strictly. Lists are as long as what they tell of: a commit
// may have ten thousand parents.
import { malformed } from '../errors.ts'
import { type JsonObject, textOf } from '../trust/json.ts'

/** One of a few words. */
export function wordOf<Word extends string>(object: JsonObject, name: string, words: readonly Word[]): Word {
  const text = textOf(object, name)
  const word = words.find((known) => known === text)
  if (word === undefined) throw malformed(object.what, `${name} is none of ${words.join(', ')}`)
  return word
}

/** A list of strings. */
export function textsOf(object: JsonObject, name: string): readonly string[] {
  const value = object.fields.get(name)
  if (!isTexts(value)) throw malformed(object.what, `${name} is not a list of strings`)
  return value
}

export function optionalTexts(object: JsonObject, name: string): readonly string[] | undefined {
  return object.fields.has(name) ? textsOf(object, name) : undefined
}

/** A time as we write it, in milliseconds since 1970. */
export function timeOf(object: JsonObject, name: string): number {
  const text = textOf(object, name)
  const time = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw malformed(object.what, `${name} is not a time`)
  return time
}

/** A number of things. */
export function countOf(object: JsonObject, name: string): number {
  const value = object.fields.get(name)
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw malformed(object.what, `${name} is not a number of things`)
  return value
}

/** An object all of whose members are strings. */
export function recordOfTexts({ what, fields }: JsonObject): Readonly<Record<string, string>> {
  const entries = [...fields].map(([name, value]) => {
    if (typeof value !== 'string') throw malformed(what, `${name} is not a string`)
    return [name, value] as const
  })
  return Object.fromEntries(entries)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

// Regular expressions of policies and flags: RE2, in linear time whatever the pattern, and bounded in size.
import { RE2JS } from 're2js'

const MAX_PATTERN = 1024
/** Repetitions multiply: `((a{100}){100}){100}` is a small text and a huge program. */
const MAX_PROGRAM = 20_000

/** Matches whole texts. Throws an error that names the pattern where it is not RE2, or too large. */
export function compileRegexp(source: string): (text: string) => boolean {
  const compiled = compileRe2(source)
  return (text) => compiled.matches(text)
}

/**
 * Finds what the pattern matches anywhere in a text in lower case, for bytes in which a name has neither beginning nor end:
 * it finds more than `compileRegexp` matches, never less.
 */
export function compileSearch(source: string): (text: string) => boolean {
  const loose = source.replace(/^(?:\^|\\A)+/, '').replace(/(?<!\\)(?:\$|\\z)+$/, '')
  const compiled = compileRe2(`(?is:${loose})`, MAX_PATTERN + 6)
  return (text) => compiled.matcher(text).find()
}

/** The same, for those who ask more of it. @param limit most characters of the pattern */
export function compileRe2(source: string, limit = MAX_PATTERN): RE2JS {
  if (source.length > limit) throw new Error(`a regular expression longer than ${limit} characters`)
  const compiled = attempt(source)
  if (compiled.programSize() > MAX_PROGRAM) throw new Error(`a regular expression that repeats too much: ${source}`)
  return compiled
}

function attempt(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (cause) {
    throw new Error(`not an RE2 regular expression: ${source}`, { cause })
  }
}

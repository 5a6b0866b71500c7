// Regular expressions of policies and flags: RE2, in linear time whatever the pattern, and bounded in size.
import { RE2JS } from 're2js'

const MAX_PATTERN = 1024
/** Repetitions multiply: `((a{100}){100}){100}` is a small text and a huge program. */
const MAX_PROGRAM = 20_000

/** Matches whole texts. Throws an error that names the pattern where it is not RE2, or too large. */
export function compileRegexp(source: string): (text: string) => boolean {
  if (source.length > MAX_PATTERN) throw new Error(`a regular expression longer than ${MAX_PATTERN} characters`)
  const compiled = compile(source)
  return (text) => compiled.matches(text)
}

function compile(source: string): RE2JS {
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

// Whether a rule is about an object. Where the ref or the paths are not known it may be: Git's door is told neither.
import type { Rule } from './document.ts'
import { matchesGlob } from './glob.ts'
import type { PolicyInput } from './input.ts'

export type Matched = 'yes' | 'no' | 'maybe'

export function matchRule(rule: Rule, input: PolicyInput): Matched {
  if (!rule.kinds.includes(input.kind)) return 'no'
  const byRef = matchAny(rule.refs, input.ref === undefined ? undefined : [input.ref])
  if (byRef === 'no' || rule.paths === undefined) return byRef
  // Paths cost a child process, so they are asked for last.
  return least(byRef, matchAny(rule.paths, input.paths?.().flatMap(asFolder)))
}

function matchAny(patterns: readonly string[] | undefined, texts: readonly string[] | undefined): Matched {
  if (patterns === undefined || patterns.includes('**')) return 'yes'
  if (texts === undefined) return 'maybe'
  return texts.some((text) => patterns.some((pattern) => matchesGlob(pattern, text))) ? 'yes' : 'no'
}

// A symbolic link or a submodule in the place of a folder is all that is found under it.
function asFolder(path: string): readonly string[] {
  return [path, `${path}/`]
}

function least(a: Matched, b: Matched): Matched {
  if (a === 'no' || b === 'no') return 'no'
  return a === 'yes' && b === 'yes' ? 'yes' : 'maybe'
}

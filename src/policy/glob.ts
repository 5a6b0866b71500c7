// Patterns of ref names and paths: `*` is any run of characters but `/`, `**` any run at all, `**/` any number of folders
// (none as well), `?` one character but `/`; everything else is itself. They match the whole text, letter case counts.
// Time is linear in pattern times text.

type Test = (char: string) => boolean
/** One character, any number of them, or nothing, where so many steps may be left out. */
type Step = { readonly one: Test } | { readonly many: Test } | { readonly leave: number }

const any: Test = () => true
const inside: Test = (char) => char !== '/'

export function matchesGlob(pattern: string, text: string): boolean {
  const steps = stepsOf(pattern)
  // Positions in the pattern that what was read so far may stand at, as a machine without backtracking keeps them.
  let at = reach(new Set([0]), steps)
  for (const char of text) {
    at = reach(new Set([...at].flatMap((index) => advance(steps[index], index, char))), steps)
    if (at.size === 0) return false
  }
  return at.has(steps.length)
}

function advance(step: Step | undefined, index: number, char: string): readonly number[] {
  if (step === undefined) return []
  if ('many' in step) return step.many(char) ? [index] : []
  return 'one' in step && step.one(char) ? [index + 1] : []
}

function reach(at: Set<number>, steps: readonly Step[]): ReadonlySet<number> {
  for (const index of at) {
    const step = steps[index]
    if (step === undefined || 'one' in step) continue
    at.add(index + 1)
    if ('leave' in step) at.add(index + 1 + step.leave)
  }
  return at
}

function stepsOf(pattern: string): readonly Step[] {
  return (pattern.match(/(?<=^|\/)\*\*\/|\*\*+|[\s\S]/gu) ?? []).flatMap((token): readonly Step[] => {
    if (token === '**/') return [{ leave: 2 }, { many: any }, { one: (char) => char === '/' }]
    if (token === '*') return [{ many: inside }]
    if (token.startsWith('**')) return [{ many: any }]
    return [{ one: token === '?' ? inside : (char) => char === token }]
  })
}

// Outcomes counted while records pass, and the one line that says how many there were of each.
import { OUTCOMES, type Outcome, type OutcomeName } from './outcome.ts'

/** How many places had each outcome. */
export interface Counts {
  readonly total: number
  readonly warnings: number
  of(name: OutcomeName): number
}

export interface Counting extends Counts {
  add(outcome: Outcome): void
}

export function createCounts(): Counting {
  const byName = new Map<OutcomeName, number>()
  let total = 0
  let warnings = 0
  return {
    get total() {
      return total
    },
    get warnings() {
      return warnings
    },
    of: (name) => byName.get(name) ?? 0,
    add({ name, severity }) {
      total++
      if (severity === 'warning') warnings++
      byName.set(name, (byName.get(name) ?? 0) + 1)
    },
  }
}

/** `1,234 objects: 1,230 allowed, 4 unsigned`. */
export function totalsLine(counts: Counts): string {
  const parts = OUTCOMES.flatMap((name) => (counts.of(name) === 0 ? [] : [`${thousands(counts.of(name))} ${name}`]))
  const warned = counts.warnings === 0 ? '' : `; for ${thousands(counts.warnings)} of them the policy only warns`
  const objects = `${thousands(counts.total)} object${counts.total === 1 ? '' : 's'}`
  return `${objects}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}${warned}`
}

/** Digits in groups of three. */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

// Outcomes counted while records pass, and the one line that says how many there were of each. An object counts once; the
// tags that merges carry are counted beside the objects, because a run walks to the merge and not to them.
import type { JudgedRecord } from '../history/record.ts'
import { OUTCOMES, type Outcome, type OutcomeName } from './outcome.ts'

/** How many places had each outcome. */
export interface Counts {
  readonly total: number
  /** Those of them that are tags which merges carry. */
  readonly merged: number
  readonly warnings: number
  of(name: OutcomeName): number
}

export interface Counting extends Counts {
  add(outcome: Outcome, record: Pick<JudgedRecord, 'kind'>): void
}

export function createCounts(): Counting {
  const byName = new Map<OutcomeName, number>()
  let [total, merged] = [0, 0]
  let warnings = 0
  return {
    get total() {
      return total
    },
    get merged() {
      return merged
    },
    get warnings() {
      return warnings
    },
    of: (name) => byName.get(name) ?? 0,
    add({ name, severity }, { kind }) {
      total++
      if (kind === 'mergetag') merged++
      if (severity === 'warning') warnings++
      byName.set(name, (byName.get(name) ?? 0) + 1)
    },
  }
}

/** `1,234 objects and 2 merged tags: 1,232 allowed, 4 unsigned`. */
export function totalsLine(counts: Counts): string {
  const parts = OUTCOMES.flatMap((name) => (counts.of(name) === 0 ? [] : [`${thousands(counts.of(name))} ${name}`]))
  const warned = counts.warnings === 0 ? '' : `; for ${thousands(counts.warnings)} of them the policy only warns`
  return `${countedText(counts)}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}${warned}`
}

/** What was looked at: `9 objects`, `9 objects and 1 merged tag`. */
export function countedText({ total, merged }: Pick<Counts, 'total' | 'merged'>): string {
  const objects = numbered(total - merged, 'object')
  return merged === 0 ? objects : `${objects} and ${numbered(merged, 'merged tag')}`
}

function numbered(count: number, what: string): string {
  return `${thousands(count)} ${what}${count === 1 ? '' : 's'}`
}

/** Digits in groups of three. */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

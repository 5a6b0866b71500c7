// Names that were resolved become the range to walk, and the names by which its objects are told.
import type { RefsOf } from './describe.ts'
import type { Tip } from './summary.ts'
import type { Range } from './walk.ts'

/** A name at the moment of its resolution. */
export interface NamedTip extends Tip {
  readonly type: string
  /** What it is of when tags are taken off. */
  readonly peeled: string
  readonly peeledType: string
  /** A ref's full name, which is told beside the object. */
  readonly isRef?: boolean
}

/** Types of what is looked at by itself. */
const OWN: readonly string[] = ['tag', 'blob', 'missing']

/**
 * Tags, and other objects that may be signed, stand for themselves too; commits for all that they reach. What is missing is
 * asked for all the same: that it is not there is found out about it, and stops nothing else.
 */
export function rangeOf(tips: readonly NamedTip[], firstParent: boolean): Range {
  const included = tips.filter(({ excluded }) => excluded !== true)
  const commits = included.filter(({ peeledType }) => peeledType === 'commit')
  return {
    objects: unique(included.filter(({ type }) => OWN.includes(type)).map(({ oid }) => oid)),
    commits: unique(commits.map(({ peeled }) => peeled)),
    excluded: unique(tips.filter(({ excluded }) => excluded === true).flatMap(({ oid, peeled }) => [oid, peeled])),
    firstParent,
  }
}

export function refNames(tips: readonly NamedTip[]): RefsOf {
  const names = new Map<string, readonly string[]>()
  for (const { name, oid, isRef } of tips) if (isRef === true) names.set(oid, [...(names.get(oid) ?? []), name])
  return (oid) => names.get(oid)
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)]
}

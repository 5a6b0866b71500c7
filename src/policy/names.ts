// The names in a policy: identities, keys and groups share one space, so that a name means one thing.

import { nearest } from '../nearest.ts'
import type { PolicyFile } from './file.ts'
import { unfit } from './node.ts'

export interface Names {
  isIdentity(name: string): boolean
  /** Identities and keys, each once, with groups followed into groups. Throws `config` (`unfit`). */
  membersOf(names: readonly string[], line: number): readonly string[]
  /** The same where keys are refused, for the reason given. */
  identitiesOf(names: readonly string[], line: number, why: string): readonly string[]
}

type File = Pick<PolicyFile, 'identities' | 'keys' | 'groups'>

/** Throws `config` where a name is taken twice, a group holds an unknown name, or a group holds itself. */
export function namesOf({ identities = [], keys = [], groups = [] }: File): Names {
  const taken = new Map<string, number>()
  for (const { name, line } of [...identities, ...keys, ...groups]) {
    if (taken.has(name)) throw unfit(line, `the name ${name} is taken by line ${taken.get(name)}`)
    taken.set(name, line)
  }
  const people = new Set(identities.map(({ name }) => name))
  const members = flatten(groups, new Set([...people, ...keys.map(({ name }) => name)]), [...taken.keys()])
  const membersOf: Names['membersOf'] = (names, line) => [
    ...new Set(names.flatMap((name) => members.get(name) ?? [checked(name, line, taken)])),
  ]
  return {
    isIdentity: (name) => people.has(name),
    membersOf,
    identitiesOf(names, line, why) {
      const found = membersOf(names, line)
      const key = found.find((name) => !people.has(name))
      if (key !== undefined) throw unfit(line, `${key}: ${why}`)
      return found
    },
  }
}

type Groups = NonNullable<File['groups']>

// Each group after those it holds, so that no group is gone through twice, whatever holds it.
function flatten(groups: Groups, leaves: ReadonlySet<string>, known: readonly string[]) {
  const byName = new Map(groups.map((group) => [group.name, group]))
  const done = new Map<string, readonly string[]>()
  const open = new Set<string>()
  const visit = (name: string, line: number): readonly string[] => {
    if (leaves.has(name)) return [name]
    const before = done.get(name)
    if (before !== undefined) return before
    const group = byName.get(name)
    if (group === undefined) throw unknownName(name, line, known)
    if (open.has(name)) throw unfit(group.line, `the group ${name} holds itself: ${[...open, name].join(', ')}`)
    if (open.size >= 32) throw unfit(group.line, 'groups within groups beyond 32')
    open.add(name)
    const members = [...new Set(group.value.flatMap((each) => visit(each, group.line)))]
    open.delete(name)
    done.set(name, members)
    return members
  }
  for (const { name, line } of groups) visit(name, line)
  return done
}

function checked(name: string, line: number, taken: ReadonlyMap<string, number>): string {
  if (!taken.has(name)) throw unknownName(name, line, [...taken.keys()])
  return name
}

function unknownName(name: string, line: number, known: readonly string[]) {
  const near = nearest(name, known)
  return unfit(
    line,
    `nothing is named ${name}`,
    near === undefined ? 'identities, keys and groups have names' : `did you mean ${near}?`,
  )
}

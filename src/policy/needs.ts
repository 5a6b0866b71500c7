// What a policy has to know of an object that costs something to find out, so that nobody finds out what it never asks.
import type { Policy } from './prepare.ts'

export interface Needs {
  readonly paths: boolean
  /** Commits of whose ancestors a commit may be. */
  readonly starts: readonly string[]
  readonly endorsements: boolean
  /** OpenPGP and SSH signatures are looked at. */
  readonly foreign: boolean
}

export function needsOf({ document }: Policy): Needs {
  const { rules, keys } = document
  const authorities = rules.flatMap((rule) => rule.authorities)
  const speaks = (word: RegExp) => authorities.some(({ cel }) => cel !== undefined && word.test(cel))
  return {
    paths: rules.some(({ paths }) => paths !== undefined) || speaks(/\bpaths\b/),
    starts: [...new Set(rules.flatMap(({ start }) => start))],
    endorsements: authorities.some(({ quorum }) => quorum > 1) || speaks(/\bendorsements\b/),
    foreign: keys.length > 0,
  }
}

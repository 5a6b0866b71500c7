// Histories of a policy as graphs, without Git: who may change it, what a merge may bring, where trust is lost.
import { describe, expect, test } from 'vitest'
import { followPolicy, isVersion, type LineagePorts, type Step } from '../../src/policy/lineage.ts'
import { commit, facts, policyOf, policyText } from '../support/policy.ts'

const POLICIES: Readonly<Record<string, string>> = {
  a: policyText('rules: [{ name: all, authorities: [maintainers] }]'),
  // Here bob alone may change it.
  b: policyText('rules: [{ name: all, authorities: [bob] }]').replace('authorities: [alice]', 'authorities: [bob]'),
  c: policyText('rules: [{ name: c, authorities: [maintainers] }]'),
}

/** `COMMIT: PARENTS POLICY SIGNER`, parents first; trust starts at r, or where said. */
async function follow(
  lines: readonly string[],
  tip: string,
  isRoot: LineagePorts['isRoot'] = async (step) => step.commit === 'r',
) {
  const parsed = lines.map((line) => /^(\w+): (\S*) (\S+) (\w+)$/.exec(line) ?? [])
  const signers = new Map(parsed.map(([, name, , , by]) => [name, by]))
  async function* steps(): AsyncGenerator<Step, undefined> {
    for (const [, name = '', parents = '', blob = ''] of parsed) {
      const entry = blob === '-' ? undefined : blob === 'link' ? { odd: 'a symbolic link' } : { blob }
      yield { commit: name, parents: parents === '' ? [] : parents.split(','), entry }
    }
    return undefined
  }
  const state = await followPolicy(steps(), tip, {
    isRoot,
    inquire: async (name) => commit(facts(`${signers.get(name)}@example.com`), { oid: name }),
    load: async (blob) => await policyOf(POLICIES[blob] ?? 'nonsense: 1'),
    unreadable: (thrown) => (thrown instanceof Error ? thrown.message : undefined),
  })
  if (state === undefined) return 'no path'
  return isVersion(state) ? `${state.blob} since ${state.commit}` : `lost at ${state.commit}: ${state.why}`
}

describe('a policy', () => {
  test.each([
    ['stays what it is, whoever commits', ['r:  a alice', 'x: r a eve'], 'x', 'a since r'],
    ['is changed by whom it names', ['r:  a alice', 'x: r b alice', 'y: x c bob'], 'y', 'c since y'],
    [
      'is not changed by whom only the new one names',
      ['r:  a alice', 'x: r b bob'],
      'x',
      'lost at x: may not change the policy: bob is not of alice',
    ],
    [
      'is not had again after it was lost',
      ['r:  a alice', 'x: r b bob', 'y: x a alice'],
      'y',
      'lost at x: may not change the policy: bob is not of alice',
    ],
    [
      'is not taken back without leave',
      ['r:  a alice', 'x: r b alice', 'y: x a alice'],
      'y',
      'lost at y: may not change the policy: alice is not of bob',
    ],
    ['is not removed', ['r:  a alice', 'x: r - alice'], 'x', 'lost at x: it removes the policy'],
    [
      'is a regular file',
      ['r:  a alice', 'x: r link alice'],
      'x',
      'lost at x: the policy is a symbolic link there, not a regular file',
    ],
    ['can be read', ['r:  a alice', 'x: r z alice'], 'x', 'lost at x: policy.yaml:1: unknown key "nonsense"'],
    ['is nobody’s where no root is'.replace('’', "'"), ['q:  a alice', 'x: q a alice'], 'x', 'no path'],
  ])('%s', async (_, lines, tip, expected) => {
    expect(await follow(lines, tip)).toBe(expected)
  })
})

describe('a merge', () => {
  const fork = ['r:  a alice', 'x: r b alice', 'o: r a eve']
  test.each([
    ['keeps the newer of two, whoever merges', [...fork, 'm: x,o b eve'], 'b since x'],
    ['keeps it in whatever order the parents stand', [...fork, 'm: o,x b eve'], 'b since x'],
    ['does not bring the older one back', [...fork, 'm: x,o a eve'], 'lost at m: may not change the policy: eve@'],
    [
      'does not bring it back by who could change the older one',
      [...fork, 'm: x,o a alice'],
      'lost at m: may not change the policy: alice is not of bob',
    ],
    [
      'of two changes needs the leave of both',
      ['r:  a alice', 'x: r b alice', 'y: r c alice', 'm: x,y b bob'],
      'lost at m: may not change the policy: bob is not of alice',
    ],
    ['takes no notice of a branch that lost its policy', ['r:  a alice', 'x: r b eve', 'm: r,x a eve'], 'a since r'],
    [
      'with a change of a stranger is made good by whom the policy names',
      ['r:  a alice', 'x: r b eve', 'm: r,x b alice'],
      'b since m',
    ],
    [
      'does not bring the older one back by a branch that lost the newer on purpose',
      [...fork, 'y: x c eve', 'm: y,o a eve'],
      'lost at m: may not change the policy: eve@',
    ],
    [
      'does not bring back what was left, by a branch from before that',
      ['r:  a alice', 'x: r b alice', 'y: x a bob', 'n: r,y a eve', 'm: n,x b eve'],
      'lost at m: may not change the policy: eve@',
    ],
    [
      'of two that came to the same text needs leave for what only one of them knows',
      ['r:  a alice', 'x: r c alice', 'y: r b alice', 'z: y c bob', 'w: x a alice', 'n: x,z c eve', 'm: n,w a eve'],
      'lost at m: may not change the policy: eve@',
    ],
    ['takes no notice of a history without the root', ['q:  c eve', 'r:  a alice', 'm: r,q a eve'], 'a since r'],
  ])('%s', async (_, lines, expected) => {
    const found = await follow(lines, 'm')
    expect(found.replace(/nobody in the policy is /, '').slice(0, expected.length)).toBe(expected)
  })
})

test('by its digest a policy is trusted wherever it first stands, but not brought back by merging such a place', async () => {
  const isRoot: LineagePorts['isRoot'] = async ({ entry }) =>
    entry !== undefined && 'blob' in entry && entry.blob === 'a'
  const lines = ['r:  a alice', 'x: r b alice', 'q:  a eve']
  expect(await follow([...lines, 'm: x,q b eve'], 'm', isRoot)).toBe('b since x')
  expect(await follow([...lines, 'm: x,q a eve'], 'm', isRoot)).toMatch(/^lost at m/)
  expect(await follow([...lines, 'y: x a alice'], 'y', isRoot)).toMatch(/^lost at y/)
  expect(await follow([...lines, 'y: x a eve', 'z: y a eve'], 'z', isRoot)).toMatch(/^lost at y/)
  expect(await follow([...lines, 'y: x c eve', 'm: y,q a eve'], 'm', isRoot)).toMatch(/^lost at m/)
})

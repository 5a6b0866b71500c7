import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, findOtherSigner, isChange, lowestChanges, planResign } from '../../src/resign/plan.ts'

const candidate = (oid: string, parents: readonly string[], more: Partial<Candidate> = {}): Candidate => ({
  oid,
  parents,
  subject: '',
  people: '',
  isOwn: true,
  state: { name: 'verified', signer: { issuer: 'https://issuer.example', subject: 'kim@example.com' } },
  ...more,
})
const unsigned = { state: { name: 'unsigned' } } as const
const anothers = { isOwn: false } as const
const actions = (commits: readonly Candidate[]) => planResign(commits).steps.map(({ action }) => action)

test('own commits without a good signature are signed, and those that descend from them rewritten', () => {
  const commits = [
    candidate('a', ['base']),
    candidate('b', ['a'], unsigned),
    candidate('c', ['b']),
    candidate('d', ['c'], { state: { name: 'rejected', why: 'log' } }),
    candidate('e', ['a']),
    candidate('f', ['d', 'e'], { state: { name: 'foreign', format: 'ssh' } }),
  ]
  expect(actions(commits)).toEqual(['keep', 'sign', 'rewrite', 'sign', 'keep', 'rewrite'])
  expect(planResign(commits).obstacle).toBeUndefined()
  expect(lowestChanges(planResign(commits))).toEqual(['b'])
})

test("a foreign signature that nothing forces is kept, and another's unsigned commit is left", () => {
  expect(actions([candidate('a', []), candidate('b', [], { state: { name: 'foreign', format: 'openpgp' } })])).toEqual([
    'keep',
    'keep',
  ])
  const commits = [candidate('a', ['base'], { ...anothers, ...unsigned }), candidate('b', ['a'], unsigned)]
  expect(actions(commits)).toEqual(['leave', 'sign'])
  expect(planResign(commits).obstacle).toBeUndefined()
})

test.each([{}, unsigned])("another's commit that descends from one that changes is an obstacle: %j", (state) => {
  const commits = [
    candidate('a', ['base'], unsigned),
    candidate('b', ['a'], { ...anothers, ...state }),
    candidate('c', ['b']),
  ]
  expect(planResign(commits).obstacle).toMatchObject({ commit: { oid: 'b' }, because: { oid: 'a' } })
})

test("another's commit never changes, and an own one changes whenever a parent does, whatever the history", () => {
  const commits = fc
    .array(fc.record({ isOwn: fc.boolean(), good: fc.boolean(), parents: fc.array(fc.nat(9), { maxLength: 3 }) }), {
      maxLength: 10,
    })
    .map((all) =>
      all.map(({ isOwn, good, parents }, at) =>
        candidate(String(at), [...new Set(parents.filter((parent) => parent < at))].map(String), {
          isOwn,
          ...(good ? {} : unsigned),
        }),
      ),
    )
  fc.assert(
    fc.property(commits, (all) => {
      const plan = planResign(all)
      const changed = new Set(plan.steps.filter(isChange).map(({ commit }) => commit.oid))
      for (const { commit } of plan.steps) {
        const isMoved = commit.parents.some((parent) => changed.has(parent))
        expect(changed.has(commit.oid)).toBe(commit.isOwn && (isMoved || commit.state.name === 'unsigned'))
        if (!commit.isOwn && isMoved) expect(plan.obstacle).toBeDefined()
      }
    }),
  )
})

test('a good signature that somebody else made is found where it would be lost, and only there', () => {
  const plan = planResign([candidate('a', ['base']), candidate('b', ['base'], unsigned), candidate('c', ['b'])])
  const kim = { issuer: 'https://issuer.example', subject: 'kim@example.com' }
  expect(findOtherSigner(plan, kim)).toBeUndefined()
  expect(findOtherSigner(plan, { ...kim, subject: 'sam@example.com' })?.oid).toBe('c')
  expect(findOtherSigner(plan, { ...kim, issuer: 'https://other.example' })?.oid).toBe('c')
  expect(findOtherSigner(planResign([candidate('a', ['base'])]), { ...kim, subject: 'sam' })).toBeUndefined()
})

import { describe, expect, test } from 'vitest'
import type { JudgedRecord } from '../../src/history/record.ts'
import type { Gate, Pusher, Range, Tip } from '../../src/hook/gate.ts'
import { judgePush } from '../../src/hook/push.ts'

const id = (digit: string) => digit.repeat(40)
const [OLD, NEW, NEXT, TAG, ZERO] = [id('1'), id('2'), id('3'), id('a'), id('0')]
const main = { from: OLD, to: NEW, ref: 'refs/heads/main' }

/** A record of what a commit is, signed by somebody allowed unless said otherwise. */
function record(oid: string, more: Partial<JudgedRecord> = {}): JudgedRecord {
  const judgement = { level: 'allowed', rule: '' } as const
  return { oid, kind: 'commit', algorithm: 'sha1', finding: { state: 'unsigned' }, judgement, ...more }
}

const bad = (oid: string, more: Partial<JudgedRecord> = {}) =>
  record(oid, { judgement: { level: 'refused', rule: 'r', policy: 'p:1' }, ...more })

interface Asked {
  readonly ranges: Range[]
  readonly gate: Gate
}

function gateWith(more: Partial<Gate> & { records?: readonly JudgedRecord[]; tips?: readonly Tip[] } = {}): Asked {
  const ranges: Range[] = []
  const { records = [], tips = [], ...rest } = more
  return {
    ranges,
    gate: {
      current: () => undefined,
      aliasOf: () => undefined,
      judgedFor: () => [OLD],
      policyRef: undefined,
      rewritesNeedCertificate: true,
      readTips: async (oids) =>
        oids.map((oid) => tips.find((tip) => tip.oid === oid) ?? { oid, type: 'commit', parents: [OLD] }),
      isForward: async () => true,
      async *judged(range) {
        ranges.push(range)
        yield* records
      },
      judgePusher: async () => ({ level: 'allowed', rule: '' }),
      scopeOf: () => '',
      asksWhoPushes: () => false,
      isFree: () => false,
      refusePolicyChange: async () => undefined,
      ...rest,
    },
  }
}

const nobody: Pusher = { state: 'unknown' }
const kim: Pusher = { state: 'known', record: record(id('c'), { kind: 'push certificate' }) }
const why = async (gate: Gate, updates = [main], pusher: Pusher = nobody) =>
  (await judgePush(gate, updates, pusher)).map((refusal) => refusal.why)

describe('new objects', () => {
  test('are those that no branch or tag has that is judged alike', async () => {
    const { gate, ranges } = gateWith({ judgedFor: () => [OLD, id('9')] })
    expect(await why(gate)).toEqual([])
    expect(ranges).toEqual([{ objects: [], commits: [NEW], excluded: [OLD, id('9')], firstParent: false }])
  })

  test("are not fewer because a pusher calls one of them the ref's old value", async () => {
    const { gate, ranges } = gateWith()
    await why(gate, [{ ...main, from: id('8') }])
    expect(ranges[0]?.excluded).toEqual([OLD])
  })

  test('that came for another ref of this push are judged once, where both are judged alike', async () => {
    const updates = [main, { from: ZERO, to: NEXT, ref: 'refs/heads/two' }]
    const alike = gateWith()
    await why(alike.gate, updates)
    expect(alike.ranges[1]?.excluded).toEqual([OLD, NEW])
    const apart = gateWith({ scopeOf: (ref) => ref })
    await why(apart.gate, updates)
    expect(apart.ranges[1]?.excluded).toEqual([OLD])
  })

  test('of a tag are not fewer because they come for a ref that is no branch', async () => {
    const tag = { from: ZERO, to: NEXT, ref: 'refs/tags/v1' }
    const { gate, ranges } = gateWith({ scopeOf: (ref) => ref })
    await why(gate, [{ ...main, ref: 'refs/changes/1' }, tag])
    await why(gate, [main, tag])
    const excluded = ranges.filter(({ commits }) => commits[0] === NEXT).map((range) => range.excluded)
    expect(excluded).toContainEqual([OLD, NEW])
    expect(excluded[0]).toEqual([OLD])
  })

  test('are all told of, in every ref', async () => {
    const { gate } = gateWith({ records: [bad(NEW), record(NEXT), bad(OLD)] })
    const refusals = await judgePush(gate, [main, { ...main, ref: 'refs/heads/two' }], nobody)
    expect(refusals.map(({ ref }) => ref)).toEqual([main.ref, main.ref, 'refs/heads/two', 'refs/heads/two'])
  })

  test('of a merge: a tag that it carries is its own signature, unless it is forged', async () => {
    const tag = (finding: JudgedRecord['finding']) => bad(TAG, { kind: 'mergetag', finding })
    expect(await why(gateWith({ records: [tag({ state: 'unsigned' })] }).gate)).toEqual([])
    expect(await why(gateWith({ records: [tag({ state: 'rejected', check: 'chain', why: '' })] }).gate)).toEqual([])
    const forged = gateWith({ records: [tag({ state: 'rejected', check: 'digest', why: 'w' })] })
    expect(await why(forged.gate)).toEqual(['its signature is not accepted (digest): w'])
  })
})

describe('refused, whoever pushes it, is', () => {
  test('a ref that is not where the push says', async () => {
    const { gate, ranges } = gateWith({ current: () => NEXT })
    expect(await why(gate, [main], kim)).toEqual(['it has moved meanwhile: fetch, and push again'])
    expect(ranges).toEqual([])
  })

  test('a ref that is another name of one with other rules', async () => {
    const { gate, ranges } = gateWith({
      aliasOf: (ref) => (ref === 'refs/heads/main' ? 'refs/heads/release' : undefined),
    })
    expect(await why(gate, [main], kim)).toEqual(['it is another name of refs/heads/release here: push to that'])
    expect(ranges).toEqual([])
  })

  test('a replace ref, made or deleted', async () => {
    const ref = `refs/replace/${OLD}`
    for (const to of [NEW, ZERO]) {
      const refused = await why(gateWith().gate, [{ from: OLD, to, ref }], kim)
      expect(refused).toEqual([expect.stringContaining('a replace ref makes Git show other objects')])
    }
  })

  test('the end of the policy: its deletion, its rewriting, and a change that it does not allow', async () => {
    const policyRef = main.ref
    expect(await why(gateWith({ policyRef }).gate, [{ ...main, to: ZERO }], kim)).toEqual([
      'the policy is kept there, so it is never deleted',
    ])
    expect(await why(gateWith({ policyRef, isForward: async () => false }).gate, [main], kim)).toEqual([
      'the policy is kept there, so it only goes forward',
    ])
    const asked: string[] = []
    const { gate } = gateWith({
      policyRef,
      refusePolicyChange: async (to) => {
        asked.push(to)
        return 'mallory may not'
      },
    })
    expect(await why(gate, [main, { ...main, ref: 'refs/heads/x' }], kim)).toEqual(['mallory may not'])
    expect(asked).toEqual([NEW])
    const [refusal] = await judgePush(gate, [main], kim)
    expect(refusal?.ways?.map(({ says }) => says)).toEqual([
      expect.stringMatching(/^take that commit out of what you push \(.*, and have who may change the policy do so/),
    ])
  })

  test('a whole push whose certificate does not hold', async () => {
    const pusher: Pusher = { state: 'refused', why: 'its nonce' }
    expect(await why(gateWith().gate, [main], pusher)).toEqual(['the push certificate does not hold: its nonce'])
  })

  test('one by a signer whose log this repository does not know, with what would have it known', async () => {
    const finding = {
      state: 'rejected',
      check: 'chain',
      why: 'not issued by an authority of the trusted root',
    } as const
    const pusher: Pusher = { state: 'refused', why: 'chain', record: record(id('c'), { finding }) }
    const [refusal] = await judgePush(gateWith().gate, [main], pusher)
    expect(refusal?.ways?.map(({ run }) => run)).toEqual(['git config gitsigil.trustedRoot FILE'])
  })

  test('what is missing, cannot be signed, or is not what a tag calls it', async () => {
    const tip = (type: Tip['type'], more = {}): Tip => ({ oid: NEW, type, parents: [], ...more })
    const refuse = (...tips: Tip[]) => why(gateWith({ tips }).gate)
    expect(await refuse(tip(undefined))).toEqual([`${NEW} is missing, so nothing about it can be checked`])
    expect(await refuse(tip('tree'))).toEqual(['it names a tree, which cannot be signed'])
    expect(await refuse(tip('tag', { tag: undefined }))).toEqual([`the tag ${NEW} cannot be read`])
    const tag = { name: 'v1', object: NEXT, type: 'blob' }
    expect(await refuse(tip('tag', { tag }))).toEqual([`a tag calls the commit ${NEXT} a blob`])
    expect(await refuse(tip('tag', { tag: { ...tag, object: NEW, type: 'tag' } }))).toEqual([
      'more than 16 tags of tags',
    ])
  })
})

describe('who pushes is asked', () => {
  const deletion = { ...main, to: ZERO }
  test.each([
    ['of a deletion', deletion, 'a deletion passes only in a push that is signed by somebody allowed'],
    [
      'of a tag that moves',
      { ...main, ref: 'refs/tags/v1' },
      'a tag that moves passes only in a push that is signed by somebody allowed',
    ],
  ])('%s', async (_, update, text) => {
    const { gate } = gateWith()
    expect(await why(gate, [update])).toEqual([text])
    expect(await why(gate, [update], kim)).toEqual([])
    expect(await why({ ...gate, rewritesNeedCertificate: false }, [update])).toEqual([])
  })

  test('where a rule asks for it, and then whoever it is must be allowed', async () => {
    const { gate } = gateWith({ asksWhoPushes: (ref) => ref === main.ref })
    expect(await why(gate)).toEqual(['who pushes here has to be known, and the push is not signed'])
    expect(await why(gate, [{ ...main, ref: 'refs/heads/x' }])).toEqual([])
    expect(await why(gate, [main], kim)).toEqual([])
    const stranger = { ...gate, judgePusher: async () => ({ level: 'refused', rule: 'r', policy: 'p:1' }) as const }
    expect(await why(stranger, [main], kim)).toEqual(['not signed; r'])
  })

  test('and in no other case: a stranger may carry what others have signed', async () => {
    const { gate } = gateWith({ judgePusher: async () => ({ level: 'unknown', rule: 'r' }) })
    expect(await why(gate, [main], kim)).toEqual([])
  })
})

describe('a tag', () => {
  const tag = { name: 'v1', object: NEW, type: 'commit' }
  const tips: readonly Tip[] = [{ oid: TAG, type: 'tag', parents: [], tag }]
  const made = { from: ZERO, to: TAG, ref: 'refs/tags/v1' }

  test('is looked at by itself, with the commits that are new behind it', async () => {
    const { gate, ranges } = gateWith({ tips })
    expect(await why(gate, [made])).toEqual([])
    expect(ranges).toEqual([{ objects: [TAG], commits: [NEW], excluded: [OLD], firstParent: false }])
  })

  test('has the name that it was signed under; a branch may have any', async () => {
    const { gate } = gateWith({ tips })
    expect(await why(gate, [{ ...made, ref: 'refs/tags/v2' }])).toEqual([
      'the tag object there is signed as "v1", and not under this name',
    ])
    expect(await why(gate, [{ ...made, ref: 'refs/other/v2' }])).toEqual([])
  })

  test('that is bare is as good as its commit, which is looked at however old it is', async () => {
    const bare = { ...made, to: NEW }
    const { gate, ranges } = gateWith()
    await why(gate, [bare])
    expect(ranges[1]).toEqual({ objects: [], commits: [NEW], excluded: [OLD], firstParent: false })
    const seen = gateWith({ records: [record(NEW)] })
    await why(seen.gate, [bare])
    expect(seen.ranges).toHaveLength(1)
  })
})

test('a tag names what a branch takes in the same push, in any order, by whatever rules', async () => {
  const updates = [{ from: ZERO, to: TAG, ref: 'refs/tags/v1' }, main]
  const tag = { name: 'v1', object: NEW, type: 'commit' }
  const { gate, ranges } = gateWith({ scopeOf: (ref) => ref, tips: [{ oid: TAG, type: 'tag', parents: [], tag }] })
  expect(await why(gate, updates)).toEqual([])
  expect(ranges.map(({ objects, excluded }) => [objects, excluded])).toEqual([
    [[], [OLD]],
    [[TAG], [OLD, NEW]],
  ])
})

test('notes that come with a push may vouch for its tags, need no signature, and open no way to a branch', async () => {
  const notes = { from: ZERO, to: NEXT, ref: 'refs/notes/gitsigil' }
  const abouts: unknown[] = []
  const { gate, ranges } = gateWith({ isFree: (ref) => ref === notes.ref })
  const noting: Gate = {
    ...gate,
    judged(range, about) {
      abouts.push(about)
      return gate.judged(range, about)
    },
  }
  expect(await why(noting, [notes, main])).toEqual([])
  expect(abouts).toEqual([{ ref: main.ref, notes: NEXT }])
  expect(ranges[0]?.excluded).toEqual([OLD])
})

import { describe, expect, test } from 'vitest'
import type { Frame } from '../../src/git/frames.ts'
import { type Range, walk } from '../../src/history/walk.ts'
import { commitFrame, frameOf, tableRepository } from '../support/frames.ts'

const format = { algorithm: 'sha1', compatible: false } as const
const root = commitFrame([], 'root')
const second = commitFrame([root.oid], 'second')
const third = commitFrame([second.oid], 'third')
const side = commitFrame([root.oid], 'side')
const merge = commitFrame([third.oid, side.oid], 'merge')
const all = [root, second, third, side, merge]

async function walked(
  frames: readonly Frame[],
  listed: readonly (readonly Frame[])[],
  range: Partial<Range>,
): Promise<readonly string[]> {
  const repository = tableRepository(
    frames,
    listed.map((ids) => ids.map(({ oid }) => oid)),
  )
  const whole = { objects: [], commits: [], excluded: [], firstParent: false, ...range }
  const seen: string[] = []
  for await (const group of walk(repository, whole, format))
    seen.push(...group.map((frame) => (frame.type === undefined ? `${frame.oid} ${frame.why}` : frame.oid)))
  return seen
}

const ids = (...frames: readonly Frame[]) => frames.map(({ oid }) => oid)

describe('a walk', () => {
  test('gives what Git lists, in its order, each once', async () => {
    const list = [merge, third, side, second, root]
    expect(await walked(all, [[...list, merge]], { commits: ids(merge) })).toEqual(ids(...list))
  })

  test('finds the commits that Git leaves out: a commit-graph or a shallow file that lies', async () => {
    expect((await walked(all, [[merge, third]], { commits: ids(merge) })).toSorted()).toEqual(ids(...all).toSorted())
  })

  test('finds them all where Git lists nothing', async () => {
    expect(await walked(all, [[]], { commits: ids(merge) })).toEqual(ids(merge, third, side, second, root))
  })

  test('tells of a parent that is missing', async () => {
    const seen = await walked([merge, third, side, root], [[merge, third, side, root]], { commits: ids(merge) })
    expect(seen.at(-1)).toBe(`${second.oid} missing`)
  })

  test('leaves out what the excluded commit is', async () => {
    expect(await walked(all, [[third]], { commits: ids(third), excluded: ids(second) })).toEqual(ids(third))
  })

  test('believes that something is excluded only where the raw parents of the excluded commit lead to it', async () => {
    const range = { commits: ids(side), excluded: ids(third) }
    expect(await walked(all, [[side], [third, second, root]], range)).toEqual(ids(side))
    const stranger = commitFrame([], 'stranger')
    const onTop = commitFrame([stranger.oid], 'on top')
    // Git leaves the stranger out, as if main reached it.
    const lied = await walked([...all, stranger, onTop], [[onTop], [third, second, root, stranger]], {
      commits: ids(onTop),
      excluded: ids(third),
    })
    expect(lied).toEqual(ids(onTop, stranger))
  })

  test('does not take the word of other bytes in the place of an excluded commit', async () => {
    const planted = { ...commitFrame([side.oid], 'planted'), oid: second.oid }
    const onSide = commitFrame([side.oid], 'on side')
    const seen = await walked([...all.filter((one) => one !== second), planted, onSide], [[onSide], [third, planted]], {
      commits: ids(onSide),
      excluded: ids(third),
    })
    expect(seen).toEqual(ids(onSide, side, root))
  })

  test('follows first parents alone where that is asked', async () => {
    const range = { commits: ids(merge), firstParent: true }
    expect(await walked(all, [[merge, third, second, root]], range)).toEqual(ids(merge, third, second, root))
  })

  test('goes through tags of tags to their commit', async () => {
    const inner = frameOf('tag', `object ${root.oid}\ntype commit\ntag a\ntagger A <a@b> 1 +0000\n\nx\n`)
    const outer = frameOf('tag', `object ${inner.oid}\ntype tag\ntag b\ntagger A <a@b> 1 +0000\n\nx\n`)
    const seen = await walked([inner, outer, root], [[root]], { objects: [outer.oid], commits: ids(root) })
    expect(seen).toEqual([outer.oid, root.oid, inner.oid])
  })

  test('goes on through ten thousand parents', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => commitFrame([], `parent ${i}`))
    const octopus = commitFrame(ids(...many))
    expect((await walked([octopus, ...many], [[octopus]], { commits: [octopus.oid] })).length).toBe(10_001)
  })
})

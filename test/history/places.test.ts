import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../src/git/frames.ts'
import { mayBeSigned, parentsOf, placesOf } from '../../src/history/places.ts'

const FORMAT = { algorithm: 'sha1', compatible: false } as const
const [TREE, PARENT] = ['1'.repeat(40), '2'.repeat(40)]
const PEOPLE = ['author A <a@example.com> 1 +0000', 'committer A <a@example.com> 1 +0000']

function commit(...lines: readonly string[]): Frame {
  const contents = lines.join('\n')
  const head = `commit ${Buffer.byteLength(contents)}\0`
  return { oid: '0'.repeat(40), type: 'commit', framed: Buffer.from(`${head}${contents}`), start: head.length }
}

describe('whether a commit may be signed', () => {
  test.each([
    ['a signature', ['gpgsig -----BEGIN', ' x'], true],
    ["the other algorithm's", ['gpgsig-sha256 x'], true],
    ["a merge's tag", ['mergetag object 1'], true],
    ['no header but its people', [], false],
    ['an encoding', ['encoding latin1'], false],
  ])('%s', (_, headers, expected) => {
    const frame = commit(`tree ${TREE}`, `parent ${PARENT}`, ...PEOPLE, ...headers, '', 'gpgsig in the message', '')
    expect(mayBeSigned(frame)).toBe(expected)
    expect(parentsOf(frame, 'sha1')).toEqual([PARENT])
  })

  test('is never denied where a reader finds a signature, a tag or a fault', () => {
    const line = fc.oneof(
      fc.constantFrom('gpgsig x', ' x', 'gpgsigx', 'mergetag x', '', 'gpgsig', 'm', ...PEOPLE, `parent ${PARENT}`),
      fc.string({ unit: fc.constantFrom('g', 'p', 's', 'i', ' ', '\n', '\0', 'm') }),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const frame = commit(...lines)
        const [own, ...merged] = placesOf(frame, FORMAT)
        const isPlain = own?.split.signature === undefined && own?.split.problem === undefined && merged.length === 0
        expect(mayBeSigned(frame) || isPlain).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

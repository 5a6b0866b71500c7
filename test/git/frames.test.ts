import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentsOf, type Frame, FrameReader, frameId, MAX_OBJECT } from '../../src/git/frames.ts'
import { objectId } from '../../src/git/id.ts'

const oid = '1'.repeat(40)
const answer = (type: string, content: Uint8Array) =>
  Buffer.concat([Buffer.from(`${oid} ${type} ${content.length}\n`), content, Buffer.from('\n')])

function read(bytes: Buffer, cuts: readonly number[]): readonly Frame[] {
  const reader = new FrameReader()
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  let at = 0
  return ends.flatMap((end) => {
    const chunk = Buffer.from(bytes.subarray(at, end))
    at = end
    return reader.push(chunk)
  })
}

describe('answers of git cat-file', () => {
  test('come out whole, wherever the stream is cut, and their bytes hash to their id', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.array(fc.nat(5000)), (contents, cuts) => {
        const frames = read(Buffer.concat(contents.map((content) => answer('commit', content))), cuts)
        expect(frames.map((frame) => [...contentsOf(frame)])).toEqual(contents.map((content) => [...content]))
        for (const [i, frame] of frames.entries())
          expect(frameId(frame, 'sha1')).toBe(objectId('commit', contents[i] ?? new Uint8Array(), 'sha1'))
      }),
    )
  })

  test('say what is missing', () => {
    const bytes = Buffer.concat([Buffer.from(`${oid} missing\n`), answer('tag', Buffer.from('x'))])
    expect(read(bytes, [3, 9]).map(({ type, why }) => type ?? why)).toEqual(['missing', 'tag'])
  })

  test('that are too large are passed over, and the next is read', () => {
    const reader = new FrameReader()
    const [large] = reader.push(Buffer.from(`${oid} blob ${MAX_OBJECT + 5}\nabc`))
    expect(large?.why).toContain('larger than')
    const chunk = Buffer.alloc(1 << 20)
    for (let left = MAX_OBJECT + 3; left > 0; left -= chunk.length)
      expect(reader.push(chunk.subarray(0, Math.min(left, chunk.length)))).toEqual([])
    expect(reader.push(answer('commit', Buffer.from('x'))).map(({ type }) => type)).toEqual(['commit'])
  })

  test('of another form are refused', () => {
    expect(() => new FrameReader().push(Buffer.from(`${oid} commit 12x\n`))).toThrow('unexpected answer')
    expect(() => new FrameReader().push(Buffer.alloc(600, 'a'))).toThrow('unexpected answer')
  })
})

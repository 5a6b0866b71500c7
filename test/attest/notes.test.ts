import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeNote, joinNote, MAX_NOTE, notedArtifact, parseNote } from '../../src/attest/notes.ts'
import { noteBundle } from '../support/note-bundle.ts'

const [a, b, c] = [noteBundle('a'), noteBundle('b'), noteBundle('c')] as const
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
const empty = new Uint8Array()

describe('a note', () => {
  test('is one compact bundle a line, sorted, each once, whatever the order they came in', () => {
    const note = encodeNote([b, a, b])
    expect(
      text(note)
        .split('\n')
        .filter((line) => line !== ''),
    ).toEqual([text(a).trim(), text(b).trim()].sort())
    expect(text(joinNote(joinNote(empty, a), b))).toBe(text(note))
    expect(text(joinNote(note, a))).toBe(text(note))
  })

  test('is read back as it was written', () => {
    const { bundles, ignored } = parseNote(encodeNote([a, b, c]))
    expect({ texts: bundles.map(text), ignored }).toEqual({
      texts: [a, b, c].map((each) => text(each).trim()).sort(),
      ignored: [],
    })
  })

  test('says of each bad line why it is passed over, and keeps the good ones', () => {
    const { bundles, ignored } = parseNote(
      Buffer.concat([Buffer.from('garbage\n{}\n\xff\n', 'latin1'), encodeNote([a])]),
    )
    expect(bundles).toHaveLength(1)
    expect(ignored).toEqual([
      'line 1: bundle: not JSON',
      'line 2: bundle: mediaType is missing',
      'line 3: bundle: not UTF-8',
    ])
  })

  test('keeps a line of somebody else that it does not understand', () => {
    expect(text(joinNote(Buffer.from('of a later version\n'), a))).toContain('of a later version\n')
  })

  test('is read up to 64 lines', () => {
    const { ignored } = parseNote(Buffer.from('x\n'.repeat(65)))
    expect(ignored[0]).toBe('1 lines beyond 64')
    expect(ignored).toHaveLength(65)
  })

  test('that is larger than 4 MiB is a parse fault', () => {
    expect(() => parseNote(new Uint8Array(MAX_NOTE + 1))).toThrow(expect.objectContaining({ code: 'parse' }))
  })

  test('takes no envelope and nothing that is no bundle', () => {
    expect(() => encodeNote([Buffer.from('{}')])).toThrow(expect.objectContaining({ code: 'parse' }))
    expect(() => encodeNote([Buffer.from('{')])).toThrow(expect.objectContaining({ code: 'parse' }))
  })

  test('is never a reason to fail, whatever its bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => parseNote(bytes).bundles.length === 0))
  })
})

test('what is signed is the object id as text', () => {
  expect(text(notedArtifact('ab'.repeat(20)))).toBe('ab'.repeat(20))
})

import { describe, expect, test } from 'vitest'
import { messageOf, parseCommitHeader, parsePerson, parseTagHeader } from '../../src/git/commit.ts'
import { objectId } from '../../src/git/id.ts'

const bytesOf = (text: string) => Buffer.from(text, 'utf8')
const textOf = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const people = 'author Zoë <z@x> 1 +0000\ncommitter C <c@x> 2 -0130\n'

describe('parseCommitHeader', () => {
  test('reads tree, parents and people', () => {
    const commit = parseCommitHeader(bytesOf(`tree ${A}\nparent ${B}\nparent ${A}\n${people}encoding x\n\nm`), 'sha1')
    expect([commit.tree, commit.parents]).toEqual([A, [B, A]])
    expect([textOf(commit.author), textOf(commit.committer)]).toEqual(['Zoë <z@x> 1 +0000', 'C <c@x> 2 -0130'])
  })
  test('takes no parent from below the people or from the message', () => {
    const commit = parseCommitHeader(bytesOf(`tree ${A}\n${people}parent ${B}\n\nparent ${B}\n`), 'sha1')
    expect(commit.parents).toEqual([])
  })
  test('reads 64 digits in a SHA-256 repository', () => {
    const id = 'c'.repeat(64)
    expect(parseCommitHeader(bytesOf(`tree ${id}\n${people}\n`), 'sha256').tree).toBe(id)
    expect(() => parseCommitHeader(bytesOf(`tree ${id}\n${people}\n`), 'sha1')).toThrow('tree is no object id')
  })
  test.each([
    ['nothing', '', 'no tree'],
    ['another first line', `parent ${A}\ntree ${A}\n${people}\n`, 'no tree'],
    ['upper-case digits', `tree ${A.toUpperCase()}\n${people}\n`, 'tree is no object id'],
    ['a short parent', `tree ${A}\nparent ${A.slice(1)}\n${people}\n`, 'parent is no object id'],
    ['a parent with a second line', `tree ${A}\nparent ${A}\n x\n${people}\n`, 'parent is no object id'],
    ['no author', `tree ${A}\ncommitter C <c@x> 2 +0000\n\n`, 'no author'],
    ['an author without a space', `tree ${A}\nauthor\ncommitter C <c@x> 2 +0000\n\n`, 'no author'],
    ['no committer', `tree ${A}\nauthor C <c@x> 2 +0000\n\n`, 'no committer'],
  ])('refuses %s', (_, text, why) => {
    expect(() => parseCommitHeader(bytesOf(text), 'sha1')).toThrow(why)
  })
})

describe('parseTagHeader', () => {
  test('reads object, type, name and tagger', () => {
    const tag = parseTagHeader(bytesOf(`object ${A}\ntype commit\ntag v1\ntagger T <t@x> 3 +0000\n\nm`), 'sha1')
    expect({ ...tag, tagger: textOf(tag.tagger) }).toEqual({
      object: A,
      type: 'commit',
      tag: 'v1',
      tagger: 'T <t@x> 3 +0000',
    })
  })
  test('an old tag has no tagger', () => {
    expect(parseTagHeader(bytesOf(`object ${A}\ntype commit\ntag v1\n\nm`), 'sha1').tagger).toBeUndefined()
  })
  test('refuses a line out of its place', () => {
    expect(() => parseTagHeader(bytesOf(`type commit\nobject ${A}\ntag v1\n\n`), 'sha1')).toThrow('no object')
    expect(() => parseTagHeader(bytesOf(`object ${A}\ntag v1\ntype commit\n\n`), 'sha1')).toThrow('no type')
  })
})

describe('parsePerson', () => {
  test('reads name, email and time', () => {
    expect(parsePerson(bytesOf('A B <a@b> 12 +0100'))).toEqual({ name: 'A B', email: 'a@b', time: 12 })
    expect(parsePerson(bytesOf('<a@b>'))).toEqual({ name: '', email: 'a@b', time: undefined })
    expect(parsePerson(bytesOf('A <a@b> x'))).toEqual({ name: 'A', email: 'a@b', time: undefined })
  })
  test('refuses a line without an address', () => {
    for (const line of ['A B 12 +0100', 'A <a@b 12 +0100', 'A a@b> 12 +0100'])
      expect(() => parsePerson(bytesOf(line))).toThrow('no email address')
  })
})

test('the message is what follows the empty line', () => {
  expect(textOf(messageOf(bytesOf('a b\n\nm\n\nn')))).toBe('m\n\nn')
  expect(textOf(messageOf(bytesOf('\nm')))).toBe('m')
  expect(textOf(messageOf(bytesOf('a b\n')))).toBe('')
})

test('ids are those of Git', () => {
  expect(objectId('blob', bytesOf(''), 'sha1')).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
  expect(objectId('tree', bytesOf(''), 'sha1')).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904')
  expect(objectId('blob', bytesOf(''), 'sha256')).toBe(
    '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
  )
})

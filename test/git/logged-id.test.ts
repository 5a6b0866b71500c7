import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { objectId } from '../../src/git/id.ts'
import { loggedIds, rebuildObject, type SignedBytes } from '../../src/git/logged-id.ts'
import { splitCommit, splitTag } from '../../src/git/object.ts'
import { hasShared, readCorpus, readCorpusObject } from '../support/shared.ts'

const TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const PERSON = 'Kim <kim@example.com> 1700000000'
const SIGNATURE = '-----BEGIN SIGNED MESSAGE-----\nQUJD\n-----END SIGNED MESSAGE-----\n'
const HEADER = 'gpgsig -----BEGIN SIGNED MESSAGE-----\n QUJD\n -----END SIGNED MESSAGE-----\n'

const bytes = (text: string) => Buffer.from(text, 'latin1')

function idOf(type: string, text: string, algorithm = 'sha1'): string {
  return hash(algorithm, Buffer.concat([bytes(`${type} ${text.length}\0`), bytes(text)]))
}

function idsOf(payload: string): readonly string[] {
  const object = rebuildObject(bytes(payload), bytes(SIGNATURE))
  if (object === undefined) throw new Error('not an object')
  return loggedIds(object, bytes(payload), bytes(SIGNATURE))
}

const head = `tree ${TREE}\nauthor ${PERSON} +0200\ncommitter ${PERSON} +0200\n`

test('a plain commit has one id: its own, the signature last in its header', () => {
  expect(idsOf(`${head}\nhello\n`)).toEqual([idOf('commit', `${head}${HEADER}\nhello\n`)])
})

test('a commit with headers that gitsign dropped was logged without them too', () => {
  const extra = `${head}encoding latin1\nmergetag object ${TREE}\n type commit\n\nhello\n`
  expect(idsOf(extra)).toEqual([
    idOf('commit', `${head}encoding latin1\nmergetag object ${TREE}\n type commit\n${HEADER}\nhello\n`),
    idOf('commit', `${head}${HEADER}\nhello\n`),
  ])
})

test('a zone of -0000 was logged as +0000, in the people of a commit and nowhere else', () => {
  const zone = `tree ${TREE}\nauthor ${PERSON} -0000\ncommitter ${PERSON} -0000\n`
  const body = `\nauthor ${PERSON} -0000\n`
  expect(idsOf(zone + body)).toEqual([
    idOf('commit', zone + HEADER + body),
    idOf('commit', zone.replaceAll('-0000', '+0000') + HEADER + body),
  ])
})

test('a tag of gitsign 0.16.0 was logged as if the signature were a header', () => {
  const tag = `object ${TREE}\ntype commit\ntag v1\ntagger ${PERSON} +0200\n`
  expect(idsOf(`${tag}\nfirst\n`)).toEqual([
    idOf('tag', `${tag}\nfirst\n${SIGNATURE}`),
    idOf('tag', `${tag}${HEADER}\nfirst\n`),
  ])
})

test('in a repository of SHA-256 the own id comes first, and then the SHA-1 that gitsign made', () => {
  const wide = head.replace(TREE, 'ab'.repeat(32))
  expect(idsOf(`${wide}\nhello\n`)).toEqual([
    idOf('commit', `${wide}${HEADER.replace('gpgsig', 'gpgsig-sha256')}\nhello\n`, 'sha256'),
    idOf('commit', `${wide}${HEADER}\nhello\n`),
  ])
  const tag = `object ${'ab'.repeat(32)}\ntype commit\ntag v1\n\nfirst\n`
  expect(idsOf(tag).slice(0, 2)).toEqual([idOf('tag', tag + SIGNATURE, 'sha256'), idOf('tag', tag + SIGNATURE)])
})

test.each([
  ['a push certificate', 'certificate version 0.1\npusher x\n\n'],
  ['nothing', ''],
  ['a blob', 'hello'],
  ['a commit without a header’s end', `tree ${TREE}`],
])('%s is no object of Git’s', (_, payload) => {
  expect(rebuildObject(bytes(payload), bytes(SIGNATURE))).toBeUndefined()
})

describe.skipIf(!hasShared)('real objects signed in online mode', () => {
  const records = readCorpus().filter(({ log }) => log === 'not embedded')

  test.each(records)(
    '$type $oid is rebuilt from what Git hands to its door, and its own id is searched first',
    (record) => {
      const raw = readCorpusObject(record)
      const { payload, signature } = record.type === 'commit' ? splitCommit(raw, 'sha1') : splitTag(raw, 'sha1')
      const object = rebuildObject(payload, signature ?? new Uint8Array())
      expect(object && objectId(object.type, object.bytes, object.algorithm)).toBe(record.oid)
      expect(object && loggedIds(object as SignedBytes, payload, signature ?? new Uint8Array())[0]).toBe(record.oid)
    },
  )
})

test('what has no end of its header has its own id, and none of the forms that gitsign could not have made of it', () => {
  const payload = head.slice(0, -1)
  const object: SignedBytes = { type: 'commit', bytes: bytes(`${HEADER}${payload}`), algorithm: 'sha1' }
  expect(loggedIds(object, bytes(payload), bytes(SIGNATURE))).toEqual([idOf('commit', `${HEADER}${payload}`)])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { objectId } from '../../src/git/id.ts'
import { splitCommit } from '../../src/git/object.ts'
import { replaceParents, signedCommit } from '../../src/resign/rewrite.ts'

const [a, b, c, fresh] = ['a', 'b', 'c', 'f'].map((digit) => digit.repeat(40)) as [string, string, string, string]
const commit = (message: string) =>
  Buffer.from(
    `tree ${c}\nparent ${a}\nparent ${b}\nauthor A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 -0000\n` +
      `encoding latin1\nmergetag object ${a}\n parent ${a}\nparent ${a}\nx-odd ${a}\n\n${message}`,
    'latin1',
  )

test('only the parents change, and only where a parent may stand', () => {
  const old = commit(`parent ${a}\n`)
  const now = Buffer.from(replaceParents(old, new Map([[a, fresh]])))
  expect(now.toString('latin1')).toBe(old.toString('latin1').replace(`parent ${a}`, `parent ${fresh}`))
  expect(now.length).toBe(old.length)
})

test('whatever the message holds stays, byte for byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const old = commit(Buffer.from(bytes).toString('latin1'))
      expect(Buffer.from(replaceParents(old, new Map())).equals(old)).toBe(true)
      const now = Buffer.from(replaceParents(old, new Map([[b, fresh]])))
      expect(Buffer.from(replaceParents(now, new Map([[fresh, b]]))).equals(old)).toBe(true)
    }),
  )
})

test('an id of another length is refused', () => {
  expect(() => replaceParents(commit(''), new Map([[a, 'f'.repeat(64)]]))).toThrow('a parent of another length')
})

test('the signed commit splits into the payload and the signature again, under the id of its bytes', () => {
  const armored = Buffer.from('-----BEGIN SIGNED MESSAGE-----\nMII=\n-----END SIGNED MESSAGE-----\n')
  const { oid, bytes } = signedCommit(commit('one'), armored, 'sha1')
  const { payload, signature, problem } = splitCommit(bytes, 'sha1')
  expect(problem).toBeUndefined()
  expect(Buffer.from(payload).equals(commit('one'))).toBe(true)
  expect(
    Buffer.from(signature ?? '')
      .toString()
      .trim(),
  ).toBe(armored.toString().trim())
  expect(oid).toBe(objectId('commit', bytes, 'sha1'))
})

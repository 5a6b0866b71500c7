import { expect, test } from 'vitest'
import { commitMember } from '../../src/cli/commit-member.ts'

const member = (author: string) => commitMember(Buffer.from(`tree t\nauthor ${author}\ncommitter A <a@b> 1 +0000\n\nm`))

test('an author line of very many brackets is refused in no time, and so is a year of five digits', () => {
  for (const author of [
    '<'.repeat(2_000_000),
    `${'<'.repeat(2_000_000)}a@b> 9999999999999 +0000`,
    'A <a@b> 99999999999 +0000',
  ])
    expect(() => member(author)).toThrow('commit: an author line that cannot be read')
})

test('the address stands between the last brackets', () => {
  const { author } = member('A <b> <a@b> -60 +0100')
  expect(author).toEqual({ name: 'A <b>', email: 'a@b', date: '1970-01-01T00:59:00+01:00' })
})

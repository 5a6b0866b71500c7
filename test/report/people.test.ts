import { describe, expect, test } from 'vitest'
import { findPerson, isSamePerson, personText } from '../../src/report/people.ts'
import { signer } from '../support/signer.ts'

const find = (text: string) => findPerson(Buffer.from(text))

describe('who an object names', () => {
  test.each([
    [
      'tree x\nauthor A <a@b> 1 +0000\ncommitter C D <c@d> 1 +0000\n\n',
      { role: 'committer', name: 'C D', email: 'c@d' },
    ],
    ['object x\ntype commit\ntag v1\ntagger T <t@u> 1 +0000\n\n', { role: 'tagger', name: 'T', email: 't@u' }],
    ['certificate version 0.1\npusher P <p@q> 1 +0000\nnonce n\n\n', { role: 'pusher', name: 'P', email: 'p@q' }],
    ['committer <c@d> 1 +0000\n\n', { role: 'committer', name: '', email: 'c@d' }],
    ['committer C <x> <c@d> 1 +0000\n\n', { role: 'committer', name: 'C <x>', email: 'c@d' }],
    ['committer C c@d 1 +0000\n\n', undefined],
    ['tree x\n\ncommitter C <c@d> 1 +0000\n', undefined],
    ['', undefined],
  ])('%j', (text, person) => {
    expect(find(text)).toEqual(person)
  })
})

describe('whether it is the signer', () => {
  const email = signer({ subject: 'c@d', type: 'email' }).identity
  const uri = signer({ subject: 'https://ci.example/job', type: 'uri' }).identity

  test('an address is compared with the address, a URI with the name, exactly', () => {
    expect(isSamePerson(email, { name: 'x', email: 'c@d' })).toBe(true)
    expect(isSamePerson(email, { name: 'c@d', email: 'C@d' })).toBe(false)
    expect(isSamePerson(uri, { name: 'https://ci.example/job', email: 'x' })).toBe(true)
    expect(isSamePerson(uri, { name: 'x', email: 'https://ci.example/job' })).toBe(false)
  })

  test('the difference is told, and cannot tell anything else', () => {
    const person = { role: 'committer', name: 'C', email: 'e@f\u001b[2J\u202e' } as const
    expect(personText('gitsigil', email, person)).toBe(
      'gitsigil: warning: the committer is [e@f\\u{1b}[2J\\u{202e}], not the signer\n',
    )
    expect(personText('gitsigil', email, undefined)).toBe('gitsigil: the object names no committer\n')
  })
})

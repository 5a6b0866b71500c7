import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { TAG } from '../../src/asn1/read.ts'
import { encodeElement, encodeOid, encodeSequence, encodeSet, encodeUtf8String } from '../../src/asn1/write.ts'
import { formatName } from '../../src/x509/name.ts'
import { loose } from '../asn1/graft.ts'
import { certificateDer } from './build.ts'

const attribute = (oid: string, text: string) => encodeSequence(encodeOid(oid), encodeUtf8String(text))
const nameOf = (...pairs: readonly (readonly [string, string])[]) =>
  encodeSequence(...pairs.map(([oid, text]) => encodeSet(attribute(oid, text))))
const [C, O, OU, CN] = ['2.5.4.6', '2.5.4.10', '2.5.4.11', '2.5.4.3'] as const

describe('formatName prints as Go does', () => {
  test('the last first', () => {
    expect(formatName(nameOf([O, 'sigstore.dev'], [CN, 'sigstore-intermediate']))).toBe(
      'CN=sigstore-intermediate,O=sigstore.dev',
    )
  })
  test('in Go’s own order, whatever the certificate’s', () => {
    expect(formatName(nameOf([CN, 'a'], [C, 'DE'], [O, 'b']))).toBe('CN=a,O=b,C=DE')
  })
  test('several values joined, of the common name the last', () => {
    expect(formatName(nameOf([OU, 'a'], [OU, 'b'], [CN, 'c'], [CN, 'd']))).toBe('CN=d,OU=a+OU=b')
  })
  test('what has a meaning in the text is escaped', () => {
    expect(formatName(nameOf([CN, ' a,b+c"d\\e<f>g;h ']))).toBe('CN=\\ a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h\\ ')
    expect(formatName(nameOf([CN, '#a# b']))).toBe('CN=\\#a# b')
  })
  test('unknown attributes as bytes, last', () => {
    expect(formatName(nameOf(['1.2.3', 'a'], [O, 'b']))).toBe('O=b,1.2.3=#0c0161')
  })
  test('an empty name as nothing', () => {
    expect(formatName(encodeSequence())).toBe('')
  })
  test('old kinds of string as bytes', () => {
    const name = encodeSequence(
      encodeSet(encodeSequence(encodeOid(CN), encodeElement(TAG.octetString, Uint8Array.of(1)))),
    )
    expect(formatName(name)).toBe('CN=#040101')
  })
})

test('the runtime reads the same attributes', () => {
  const subject = nameOf([C, 'DE'], [O, 'b'], [CN, 'a'])
  const theirs = new X509Certificate(certificateDer({ subject })).subject.split('\n').reverse().join(',')
  expect(formatName(subject)).toBe(theirs)
})

test('a name that is no name is refused', () => {
  expect(() => formatName(encodeSequence(encodeSet()))).toThrow('DER')
  expect(() => formatName(nameOf(...Array.from({ length: 65 }, () => [CN, 'a'] as const)))).toThrow('too many')
})

test('lets one more element in nowhere', () => {
  expect(loose(nameOf([O, 'a'], [CN, 'b']), formatName)).toEqual([])
})

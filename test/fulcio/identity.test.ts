import { describe, expect, test } from 'vitest'
import { contextTag, TAG } from '../../src/asn1/read.ts'
import { encodeElement, encodeOid, encodeSequence, encodeUtf8String } from '../../src/asn1/write.ts'
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { CLAIMS, parseIdentity } from '../../src/fulcio/identity.ts'
import { loose } from '../asn1/graft.ts'
import { certificate, DIGITAL_SIGNATURE, emailName, extension, newKey } from '../x509/build.ts'

const FULCIO = '1.3.6.1.4.1.57264.1'
const key = newKey()
const raw = (arc: number, text: string) => extension(`${FULCIO}.${arc}`, encodeUtf8(text))
const der = (arc: number, text: string) => extension(`${FULCIO}.${arc}`, encodeUtf8String(text))
const names = (...list: Uint8Array[]) => extension('2.5.29.17', encodeSequence(...list), true)
const uri = (text: string) => encodeElement(contextTag(6, false), encodeUtf8(text))
const userName = (value: Uint8Array, oid = `${FULCIO}.7`) =>
  encodeElement(contextTag(0), encodeOid(oid), encodeElement(contextTag(0), value))

const SAN = emailName('a@example.com')
const ISSUER = der(8, 'https://issuer')
const identity = (...extensions: Uint8Array[]) => parseIdentity(certificate({ key, extensions }))

describe('parseIdentity', () => {
  test('reads an email address', () => {
    expect(identity(SAN, ISSUER)).toEqual({
      subject: 'a@example.com',
      type: 'email',
      issuer: 'https://issuer',
      claims: {},
    })
  })
  test('reads a URI', () => {
    expect(identity(names(uri('https://a/b@refs/heads/main')), ISSUER)).toMatchObject({
      subject: 'https://a/b@refs/heads/main',
      type: 'uri',
    })
  })
  test('reads a user name', () => {
    expect(identity(names(userName(encodeUtf8String('zoë!x'))), ISSUER)).toMatchObject({
      subject: 'zoë!x',
      type: 'username',
    })
  })
  test('reads the issuer from either extension, or both alike', () => {
    expect(identity(SAN, raw(1, 'https://old')).issuer).toBe('https://old')
    expect(identity(SAN, der(8, 'https://new')).issuer).toBe('https://new')
    expect(identity(SAN, raw(1, 'https://x'), der(8, 'https://x')).issuer).toBe('https://x')
  })
  test('reads every claim by its name, the old ones raw and the new ones as UTF8String', () => {
    const arcs = [...CLAIMS.keys()].map((oid) => Number(oid.split('.').at(-1)))
    const extensions = arcs.map((arc) => (arc < 8 ? raw(arc, `ü${arc}`) : der(arc, `ü${arc}`)))
    const { claims } = identity(SAN, ISSUER, ...extensions)
    expect(Object.keys(claims)).toEqual([...CLAIMS.values()])
    expect(Object.values(claims)).toEqual(arcs.map((arc) => `ü${arc}`))
    expect(claims['githubWorkflowTrigger']).toBe('ü2')
    expect(claims['buildSignerUri']).toBe('ü9')
  })
  test('passes over other extensions, of Fulcio too', () => {
    expect(identity(DIGITAL_SIGNATURE, SAN, ISSUER, raw(99, 'x'), raw(7, 'x')).claims).toEqual({})
  })

  test('lets one more element in nowhere', () => {
    const name = encodeSequence(userName(encodeUtf8String('x')))
    expect(loose(name, (value) => identity(extension('2.5.29.17', value), ISSUER))).toEqual([])
  })

  const [a, b] = [uri('https://a'), uri('https://b')]
  const refused: readonly (readonly [string, readonly Uint8Array[], string])[] = [
    ['no name', [ISSUER], 'no subject alternative name'],
    ['an empty list of names', [names(), ISSUER], 'DER'],
    ['two names', [names(a, b), ISSUER], 'more than one'],
    ['an empty name', [names(uri('')), ISSUER], 'empty or too long'],
    ['a name of 5000 characters', [names(uri('x'.repeat(5000))), ISSUER], 'empty or too long'],
    ['a DNS name', [names(encodeElement(contextTag(2, false), encodeUtf8('a.b'))), ISSUER], 'not an email address'],
    ['an email address in UTF-8', [names(encodeElement(contextTag(1, false), encodeUtf8('ü@b'))), ISSUER], 'not ASCII'],
    ['a URI in UTF-8', [names(uri('https://ü')), ISSUER], 'not ASCII'],
    ['another kind of other name', [names(userName(encodeUtf8String('x'), '1.2.3')), ISSUER], 'unknown kind'],
    [
      'a user name of another type',
      [names(userName(encodeElement(TAG.ia5String, encodeUtf8('x')))), ISSUER],
      'expected tag 0x0c',
    ],
    [
      'a byte behind a user name',
      [names(userName(concatBytes(encodeUtf8String('x'), encodeUtf8String('y')))), ISSUER],
      'trailing',
    ],
    ['no issuer', [SAN], 'no OIDC issuer'],
    ['an empty issuer', [SAN, der(8, '')], 'no OIDC issuer'],
    ['two issuers that differ', [SAN, raw(1, 'https://x'), der(8, 'https://y')], 'two OIDC issuers'],
    ['a raw issuer where DER belongs', [SAN, raw(8, 'https://x')], 'expected tag 0x0c'],
    [
      'a byte behind an issuer',
      [SAN, extension(`${FULCIO}.8`, concatBytes(encodeUtf8String('x'), Uint8Array.of(0)))],
      'trailing',
    ],
    ['an issuer that is not UTF-8', [SAN, extension(`${FULCIO}.1`, Uint8Array.of(0xff))], 'not UTF-8'],
    ['a claim that is not UTF-8', [SAN, ISSUER, extension(`${FULCIO}.2`, Uint8Array.of(0xc3))], 'not UTF-8'],
    ['a claim of 5000 characters', [SAN, ISSUER, raw(2, 'x'.repeat(5000))], 'too long'],
  ]
  test.each(refused)('refuses %s', (_, extensions, why) => {
    expect(() => identity(...extensions)).toThrow(why)
    expect(() => identity(...extensions)).toThrow(expect.objectContaining({ code: 'parse' }))
  })
})

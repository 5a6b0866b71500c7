// Whatever bytes arrive as a bundle: a bundle or a parse fault, and a round trip loses nothing.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseBundle } from '../../src/bundle/bundle.ts'
import { encodeBundle } from '../../src/bundle/encode.ts'
import { preAuthEncoding } from '../../src/bundle/envelope.ts'
import { parseStatement } from '../../src/bundle/statement.ts'
import { Fault } from '../../src/errors.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifyBundle } from '../../src/verify/bundle.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { ARTIFACT, type Made, makeBundle, statementOf } from './make.ts'

let sandbox: TestSandbox
let made: readonly Made[]
beforeAll(async () => {
  sandbox = await startTestSandbox()
  const statement = statementOf({ sha256: 'ab'.repeat(32) })
  made = await Promise.all([
    makeBundle(sandbox, { timestamp: true }),
    makeBundle(sandbox, { version: 2, statement }),
    makeBundle(sandbox, { managed: true }),
  ])
})
afterAll(() => sandbox.close())

const bytes = (json: unknown) => Buffer.from(JSON.stringify(json))

function isParseFault(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'parse'
}

function parses(read: () => unknown): void {
  try {
    read()
  } catch (thrown) {
    if (!isParseFault(thrown)) throw thrown
  }
}

test('what was encoded reads back, and is encoded the same again', () => {
  for (const { json } of made) {
    const encoded = encodeBundle(parseBundle(bytes(json)))
    expect(encodeBundle(parseBundle(encoded))).toEqual(encoded)
    expect(JSON.parse(Buffer.from(encoded).toString())).toEqual(json)
  }
})

test('arbitrary bytes and documents are bundles, statements or parse faults', () => {
  const document = fc.json().map((text) => Buffer.from(text))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), document), (input) => {
      parses(() => parseBundle(input))
      parses(() => parseStatement(input))
    }),
  )
})

/** Every member of a document, by its path. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))]
}

test('any member replaced by any value gives a verdict, and never a better one', () => {
  const options = { trust: parseTrustedRoot(sandbox.trustedRoot), now: Date.now() }
  // Members that say nothing to a verifier: hints, and the digest that it computes itself.
  const free = /keyid|messageDigest|timestampVerificationData|inclusionPromise|canonicalizedBody|mediaType/
  const [{ json } = expect.fail('none')] = made
  const paths = pathsOf(json).filter((path) => path.length > 0)
  const value = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.integer(),
    fc.constant([]),
    fc.constant({}),
    fc.base64String(),
  )
  fc.assert(
    fc.property(fc.constantFrom(...paths), value, (path, put) => {
      const copy = structuredClone(json)
      // biome-ignore lint/suspicious/noExplicitAny: walks a document
      const holder = path.slice(0, -1).reduce((at: any, name) => at[name], copy)
      const before = holder[path.at(-1) ?? '']
      holder[path.at(-1) ?? ''] = put
      const verdict = verifyBundle(bytes(copy), ARTIFACT, options)
      const isSame = String(before) === String(put)
      if (!isSame && !free.test(path.join('.')))
        expect([path.join('.'), put, verdict.ok]).toEqual([path.join('.'), put, false])
    }),
    { numRuns: 500 },
  )
})

test('type and payload cannot reach into each other in what is signed', () => {
  const text = fc.string({ maxLength: 20, unit: 'binary' })
  fc.assert(
    fc.property(text, text, text, text, (typeA, a, typeB, b) => {
      const encode = (payloadType: string, payload: string) =>
        Buffer.from(preAuthEncoding({ payloadType, payload: Buffer.from(payload) })).toString('hex')
      const isSame = Buffer.from(typeA).equals(Buffer.from(typeB)) && Buffer.from(a).equals(Buffer.from(b))
      expect(encode(typeA, a) === encode(typeB, b)).toBe(isSame)
    }),
  )
  // The specification's own example.
  const example = preAuthEncoding({ payloadType: 'http://example.com/HelloWorld', payload: Buffer.from('hello world') })
  expect(Buffer.from(example).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
})

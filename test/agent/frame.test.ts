import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeAnswer, parseAnswer } from '../../src/agent/answer.ts'
import { encodeFrame, FrameReader, MAX_BODY, MAX_HEAD } from '../../src/agent/frame.ts'
import { encodeRequest, parseRequest, type Request } from '../../src/agent/request.ts'
import { Fault } from '../../src/errors.ts'

const bytes = fc.uint8Array({ maxLength: 300 })
const text = fc.string({ maxLength: 50, unit: 'binary' })
const names = fc.array(text, { maxLength: 5 })
const requests: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    op: fc.constant('sign' as const),
    wanted: fc.record({ instance: text, identities: names, subjects: names }, { requiredKeys: ['instance'] }),
    payload: bytes,
    patient: fc.boolean(),
    online: fc.boolean(),
  }),
  fc.record({ op: fc.constantFrom('key' as const, 'status' as const, 'stop' as const) }),
  fc.record({ op: fc.constant('prove' as const), id: text, challenge: fc.string({ minLength: 1, maxLength: 40 }) }),
  fc.record({ op: fc.constant('keep' as const), id: text, instance: text, certificate: bytes }),
)

/** Cut at any places. */
function pieces(whole: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return at.slice(1).map((end, i) => whole.subarray(at[i], end))
}

function readAll(chunks: readonly Uint8Array[]) {
  const reader = new FrameReader()
  return chunks.flatMap((chunk) => reader.push(chunk) ?? [])
}

/** What it gives, or that it was refused; anything else thrown is a bug. */
function attempt<T>(work: () => T): T | 'refused' {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return 'refused'
    throw thrown
  }
}

test('a request comes out as it went in, however its bytes arrive', () => {
  fc.assert(
    fc.property(requests, fc.array(fc.nat(), { maxLength: 6 }), (request, cuts) => {
      const [frame, ...more] = readAll(pieces(encodeRequest(request), cuts))
      expect(more).toEqual([])
      const again = frame && encodeRequest(parseRequest(frame))
      expect(Buffer.from(again ?? []).equals(encodeRequest(request))).toBe(true)
    }),
  )
})

test('a reader is given bytes of any kind and gives a frame or refuses, and never holds more than a frame', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), (chunks) => {
      const read = attempt(() => readAll(chunks))
      if (read === 'refused') return
      for (const frame of read) {
        attempt(() => parseRequest(frame))
        attempt(() => parseAnswer(frame))
      }
    }),
  )
})

test('a frame in which one byte is another is a frame, or refused, or not whole: never a bug', () => {
  const frames = fc.oneof(
    requests.map(encodeRequest),
    fc.constantFrom(
      encodeAnswer({ answer: 'none' }),
      encodeAnswer({ answer: 'many', identities: ['a b'] }),
      encodeAnswer({
        answer: 'signed',
        certificate: Uint8Array.of(1),
        attributes: Uint8Array.of(2),
        signature: Uint8Array.of(3),
        uses: 1,
        forwardedUses: 0,
      }),
    ),
  )
  fc.assert(
    fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), (frame, at, change) => {
      const copy = Uint8Array.from(frame)
      const place = at % copy.length
      copy[place] = (copy[place] ?? 0) ^ change
      const read = attempt(() => readAll([copy]))
      if (read === 'refused') return
      for (const each of read) {
        attempt(() => parseRequest(each))
        attempt(() => parseAnswer(each))
      }
    }),
  )
})

test.each([
  ['no head', [0, 0, 0, 0, 0, 0, 0, 1]],
  ['a head that is too large', [...be(MAX_HEAD + 1), ...be(0)]],
  ['a body that is too large', [...be(2), ...be(MAX_BODY + 1)]],
  ['lengths beyond all', [255, 255, 255, 255, 255, 255, 255, 255]],
])('%s is refused before anything is kept', (_, lengths) => {
  expect(attempt(() => new FrameReader().push(Uint8Array.from(lengths)))).toBe('refused')
})

test('nothing behind a frame is no second frame', () => {
  expect(readAll([encodeRequest({ op: 'status' }), new Uint8Array()])).toHaveLength(1)
})

test('bytes behind a frame are refused', () => {
  const frame = encodeRequest({ op: 'status' })
  expect(attempt(() => readAll([Buffer.concat([frame, Buffer.from('x')])]))).toBe('refused')
})

test.each([
  ['another version', { version: 2, op: 'status' }],
  ['no version', { op: 'status' }],
  ['an unknown operation', { version: 1, op: 'export' }],
  ['a name of every object', { version: 1, op: 'constructor' }],
  ['an unknown member', { version: 1, op: 'status', key: 'pem' }],
  ['a member of another operation', { version: 1, op: 'key', payload: 'x' }],
  ['a challenge of two lines', { version: 1, op: 'prove', id: 'x', challenge: 'a\nb' }],
  ['an empty challenge', { version: 1, op: 'prove', id: 'x', challenge: '' }],
  ['a certificate that is no base64', { version: 1, op: 'keep', id: 'x', instance: 'y', certificate: '*' }],
  ['names that are numbers', { version: 1, op: 'sign', instance: 'x', subjects: [1] }],
])('a request with %s is refused', (_, head) => {
  const [frame] = readAll([encodeFrame(head)])
  expect(frame && attempt(() => parseRequest(frame))).toBe('refused')
})

test('only what is to be signed has a body', () => {
  const [frame] = readAll([encodeFrame({ version: 1, op: 'key' }, Uint8Array.of(1))])
  expect(frame && attempt(() => parseRequest(frame))).toBe('refused')
})

function be(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

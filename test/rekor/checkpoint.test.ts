import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCheckpoint, encodeCheckpoint, encodeNote, parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { readEmbedded } from '../support/entries.ts'
import { HOST, makeLog, sha256, TREE_ID } from '../support/log.ts'
import { hasShared } from '../support/shared.ts'

const rootHash = sha256(Buffer.from('root'))
const head = { treeSize: 5n, rootHash }
const v1 = makeLog('p256')
const v2 = makeLog('ed25519')
const ofV1 = { origin: `${HOST} - ${TREE_ID}`, size: 5n, rootHash, extensions: [] }
const ofV2 = { ...ofV1, origin: HOST }
const signedBy = (log: typeof v1, checkpoint = ofV1): ReturnType<typeof parseCheckpoint> =>
  parseCheckpoint(log.note(checkpoint))

test('a note reads back as it was written', () => {
  const line = fc.stringMatching(/^[!-~]{1,20}$/)
  const signatures = fc.array(
    fc.record({
      name: fc.stringMatching(/^[a-z.]{1,20}$/),
      hint: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    }),
    { minLength: 1, maxLength: 32 },
  )
  fc.assert(
    fc.property(line, fc.bigInt(0n, 10n ** 18n), fc.array(line), signatures, (origin, size, extensions, signatures) => {
      const body = encodeCheckpoint({ origin, size, rootHash, extensions })
      const parsed = parseCheckpoint(encodeNote(body, signatures))
      expect(parsed).toMatchObject({ origin, size, extensions, body })
      expect(parsed.signatures.map(({ name }) => name)).toEqual(signatures.map(({ name }) => name))
      expect(parsed.signatures.map((one) => [...one.hint, ...one.signature])).toEqual(
        signatures.map((one) => [...one.hint, ...one.signature]),
      )
    }),
  )
})

test('a checkpoint of v1 and one of v2 are accepted from their log', () => {
  expect(checkCheckpoint(signedBy(v1), v1.authority, head)).toBeUndefined()
  expect(checkCheckpoint(signedBy(v2, ofV2), v2.authority, head)).toBeUndefined()
})

test("witnesses' signatures and further keys of the log are ignored", () => {
  const body = encodeCheckpoint(ofV2)
  const own = v2.noteSignature(body)
  const others = [v1.noteSignature(body), { ...own, name: 'witness.example' }]
  const note = (signatures: readonly (typeof own)[]): string => encodeNote(body, signatures)
  expect(checkCheckpoint(parseCheckpoint(note([...others, own])), v2.authority, head)).toBeUndefined()
  expect(checkCheckpoint(parseCheckpoint(note([own, ...others])), v2.authority, head)).toBeUndefined()
})

describe('refused', () => {
  test('a true checkpoint of another size', () => {
    expect(checkCheckpoint(signedBy(v1), v1.authority, { ...head, treeSize: 6n })).toBe(
      'the checkpoint is of another size than the inclusion proof',
    )
  })

  test('a true checkpoint of another root', () => {
    expect(checkCheckpoint(signedBy(v1), v1.authority, { ...head, rootHash: sha256(rootHash) })).toBe(
      'the checkpoint has another root than the inclusion proof',
    )
  })

  test.each([
    ['another host', 'other.example'],
    ['a longer host', `${HOST}.evil.example`],
    ['a tree id that is no number', `${HOST} - evil`],
    ['no tree id', `${HOST} - `],
    ['a second name', `${HOST} - 1 - 2`],
  ])('a checkpoint that the key signed under %s', (_, origin) => {
    expect(checkCheckpoint(signedBy(v1, { ...ofV1, origin }), v1.authority, head)).toBe(
      'the checkpoint is of another log',
    )
  })

  test('one that another name signed with the log’s key', () => {
    const checkpoint = parseCheckpoint(v1.note(ofV1, 'witness.example'))
    expect(checkCheckpoint(checkpoint, v1.authority, head)).toBe('the checkpoint has no signature by the log')
  })

  test('one that another key signed in the log’s name', () => {
    expect(checkCheckpoint(signedBy(v2), v1.authority, head)).toBe('the checkpoint has no signature by the log')
  })

  test('one that another key signed in the log’s name and with its key hint', () => {
    const body = encodeCheckpoint(ofV1)
    const forged = { ...makeLog('p256').noteSignature(body), hint: v1.authority.id.subarray(0, 4) }
    expect(checkCheckpoint(parseCheckpoint(encodeNote(body, [forged])), v1.authority, head)).toBe(
      "the checkpoint's signature by the log does not verify",
    )
  })

  test('one whose text was changed after it was signed', () => {
    const body = encodeCheckpoint({ ...ofV1, extensions: ['extra'] })
    const note = encodeNote(body, [v1.noteSignature(encodeCheckpoint(ofV1))])
    expect(checkCheckpoint(parseCheckpoint(note), v1.authority, head)).toBe(
      "the checkpoint's signature by the log does not verify",
    )
  })

  const good = v1.note(ofV1)
  const [line = ''] = good.split('\n\n').slice(1)
  test.each([
    ['no empty line', good.replace('\n\n', '\n'), 'not a signed note'],
    ['no last newline', good.slice(0, -1), 'not a signed note'],
    ['CR LF', good.replaceAll('\n', '\r\n'), 'control character'],
    ['a tab', good.replace(' - ', '\t'), 'control character'],
    ['no signature', good.slice(0, good.indexOf('\n\n') + 2), 'bad signature line'],
    ['a hyphen for the dash', good.replace('\u2014', '-'), 'bad signature line'],
    ['a name with a plus sign', good.replace(`\u2014 ${HOST}`, '\u2014 a+b'), 'bad signature line'],
    ['a signature line with something after it', good.replace(/\n$/, ' x\n'), 'bad signature line'],
    ['a signature of four bytes', good.replace(line, `\u2014 ${HOST} AAAAAA==\n`), 'signature too short'],
    ['base64 with spare bits', good.replace(line, `\u2014 ${HOST} AAAAAAB=\n`), 'not canonical base64'],
    ['33 signatures', good.replace(line, line.repeat(33)), 'more than 32 signatures'],
    ['no origin', `\n${good.slice(good.indexOf('\n') + 1)}`, 'no origin'],
    ['a size with a leading zero', good.replace('\n5\n', '\n05\n'), 'bad size'],
    ['a negative size', good.replace('\n5\n', '\n-5\n'), 'bad size'],
    ['a missing size', good.replace('\n5\n', '\n'), 'bad size'],
    ['a short root', good.replace(/\n5\n.*\n/, '\n5\nAAAA\n'), 'the root hash has not 32 bytes'],
    ['an empty line in the text', good.replace('\n5\n', '\n5\n\n'), 'the root hash has not 32 bytes'],
    ['16 KiB', good.replace(line, line.repeat(300)), 'too long'],
  ])('a note with %s', (_, note, why) => {
    expect(() => parseCheckpoint(note)).toThrow(why)
  })
})

test.skipIf(!hasShared)('every checkpoint of the corpus is written as it was read', () => {
  for (const { entry } of readEmbedded()) {
    const checkpoint = parseCheckpoint(entry.proof?.checkpoint ?? '')
    expect(encodeNote(encodeCheckpoint(checkpoint), checkpoint.signatures)).toBe(entry.proof?.checkpoint)
  }
})

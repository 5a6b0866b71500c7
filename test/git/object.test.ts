import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../src/bytes.ts'
import {
  joinCommit,
  joinTag,
  mergeTags,
  type Split,
  splitCommit,
  splitPushCertificate,
  splitTag,
} from '../../src/git/object.ts'

const bytesOf = (text: string) => Buffer.from(text, 'latin1')
const textOf = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1')
const shown = ({ payload, signature, format, problem }: Split) => [textOf(payload), textOf(signature), format, problem]

const HEAD = 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n'
const BLOCK = '-----BEGIN SIGNED MESSAGE-----\nAAAA\n\n BBBB\n-----END SIGNED MESSAGE-----\n'
const FOLDED = `${BLOCK.trimEnd().replaceAll('\n', '\n ')}\n`
const OURS = `gpgsig ${FOLDED}`

const message = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .string({ unit: fc.constantFrom('\n', '\r', '\0', ' ', 'gpgsig ', '-----BEGIN SIGNED MESSAGE-----', 'x') })
    .map(bytesOf),
)
const examples: [Uint8Array][] = [
  [bytesOf('a\r\nb')],
  [Buffer.alloc(70_000, 'x')],
  [bytesOf('no last newline')],
  [bytesOf('')],
  [bytesOf('\0\n\0')],
  [bytesOf(`\n\n${OURS}\n`)],
  [Buffer.alloc(5_000_000, 'long line')],
]

describe('a commit', () => {
  test.each(['sha1', 'sha256'] as const)(
    'is split into the signed bytes whatever its message holds (%s)',
    (algorithm) => {
      fc.assert(
        fc.property(message, (text) => {
          const payload = concatBytes(bytesOf(`${HEAD}\n`), text)
          const joined = joinCommit(payload, bytesOf(BLOCK), algorithm)
          const split = splitCommit(joined, algorithm)
          expect(Buffer.compare(split.payload, payload)).toBe(0)
          expect([textOf(split.signature), split.format, split.problem]).toEqual([BLOCK, 'x509', undefined])
          expect(Buffer.compare(joinCommit(split.payload, bytesOf(BLOCK), algorithm), joined)).toBe(0)
        }),
        { examples },
      )
    },
  )

  test('holds any signature that has a last newline', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const signature = concatBytes(bytes, bytesOf('x\n'))
        const split = splitCommit(joinCommit(bytesOf(`${HEAD}\nm`), signature, 'sha1'), 'sha1')
        expect(Buffer.compare(split.signature ?? Buffer.of(), signature)).toBe(0)
        expect(textOf(split.payload)).toBe(`${HEAD}\nm`)
      }),
    )
  })

  test('is joined with the header last, and a missing last newline is added', () => {
    expect(textOf(joinCommit(bytesOf(`${HEAD}\nm`), bytesOf(BLOCK.trimEnd()), 'sha1'))).toBe(`${HEAD}${OURS}\nm`)
  })

  test('cannot be joined where its header has no end, or with no signature', () => {
    expect(() => joinCommit(bytesOf('tree x'), bytesOf(BLOCK), 'sha1')).toThrow('the header has no end')
    expect(() => joinCommit(bytesOf(`${HEAD}\nm`), bytesOf('\n'), 'sha1')).toThrow('the signature is empty')
  })

  test('without a signature is its own payload', () => {
    const commit = bytesOf(`${HEAD}\n${OURS}`)
    expect(shown(splitCommit(commit, 'sha1'))).toEqual([textOf(commit), undefined, undefined, undefined])
  })

  test.each([
    ['openpgp', '-----BEGIN PGP SIGNATURE-----'],
    ['openpgp', '-----BEGIN PGP MESSAGE-----'],
    ['ssh', '-----BEGIN SSH SIGNATURE-----'],
    ['x509', '-----BEGIN SIGNED MESSAGE-----'],
    [undefined, '-----BEGIN CERTIFICATE-----'],
  ])('has a signature of kind %s by the line %s', (format, line) => {
    const split = splitCommit(bytesOf(`${HEAD}gpgsig ${line}\n x\n\nm`), 'sha1')
    expect([split.format, textOf(split.signature), split.problem]).toEqual([format, `${line}\nx\n`, undefined])
  })

  const other = `gpgsig-sha256 ${FOLDED}`
  const refused: readonly (readonly [string, string, string])[] = [
    ['a second signature', `${HEAD}${OURS}${OURS}\nm`, '2 gpgsig headers'],
    ['a second signature apart', `${OURS}${HEAD}${OURS}\nm`, '2 gpgsig headers'],
    ['the other algorithm’s signature', `${HEAD}${OURS}${other}\nm`, 'a header named gpgsig-sha256'],
    ['a made-up header', `${HEAD}${OURS}gpgsig-x secret\n more\n\nm`, 'a header named gpgsig-x'],
    ['a made-up header before the signature', `gpgsignature y\n${HEAD}${OURS}\nm`, 'a header named gpgsignature'],
    ['a header without a value', `${HEAD}gpgsig\n${OURS}\nm`, 'a header named gpgsig'],
    ['the other algorithm’s signature alone', `${HEAD}${other}\nm`, 'a header named gpgsig-sha256'],
    ['a signature first', `${OURS}${HEAD}\nm`, 'a signature header before the committer'],
    ['a signature before the author', `${HEAD.replace('author', `${OURS}author`)}\nm`, 'a signature header before'],
    ['a signature before the committer', `${HEAD.replace('committer', `${OURS}committer`)}\nm`, 'a signature header'],
  ]
  test.each(refused)('has a problem, and the bytes left that Git leaves, with %s', (_, text, problem) => {
    const split = splitCommit(bytesOf(text), 'sha1')
    expect([textOf(split.payload), split.problem?.startsWith(problem)]).toEqual([`${HEAD}\nm`, true])
  })

  test('of which Git reads no parents, because a signature stands before them, has a problem', () => {
    const parents = `parent ${'a'.repeat(40)}\nparent ${'b'.repeat(40)}\n`
    const [tree, people] = [HEAD.slice(0, 46), HEAD.slice(46)]
    for (const text of [`${tree}${OURS}${parents}`, `${tree}${parents.slice(0, 48)}${OURS}${parents.slice(48)}`]) {
      const split = splitCommit(bytesOf(`${text}${people}\nm`), 'sha1')
      expect(textOf(split.payload)).toBe(`${tree}${parents}${people}\nm`)
      expect(split.problem).toContain('before the committer')
    }
  })

  test('that is no commit, the payload being a tag’s, has a problem', () => {
    expect(splitCommit(bytesOf(`object 1\ntype commit\ntag v1\n${OURS}\nm`), 'sha1').problem).toContain('committer')
  })

  test('of very many headers costs no more than its bytes', () => {
    const lines = Buffer.alloc(40_000_000, 'a\n').toString('latin1')
    expect(splitCommit(bytesOf(`${HEAD}${lines}${OURS}\nm`), 'sha1').problem).toBeUndefined()
    expect(splitCommit(bytesOf(`${HEAD}${'gpgsig\n'.repeat(5_000_000)}\nm`), 'sha1').problem).toContain('gpgsig')
  })

  test('of a repository with a compatible format may hold the other signature, once', () => {
    const split = (text: string, algorithm: 'sha1' | 'sha256') =>
      splitCommit(bytesOf(text), algorithm, { compatible: true }).problem
    expect(split(`${HEAD}${OURS}${other}\nm`, 'sha1')).toBeUndefined()
    expect(split(`${HEAD}${OURS}${other}\nm`, 'sha256')).toBeUndefined()
    expect(split(`${HEAD}${OURS}${other}${other}\nm`, 'sha1')).toContain('gpgsig-sha256')
    expect(split(`${HEAD}${OURS}gpgsig-x y\n\nm`, 'sha1')).toContain('gpgsig-x')
  })

  test('of a SHA-256 repository is signed by its own header', () => {
    expect(shown(splitCommit(bytesOf(`${HEAD}${other}\nm`), 'sha256'))).toEqual([
      `${HEAD}\nm`,
      BLOCK,
      'x509',
      undefined,
    ])
    expect(splitCommit(bytesOf(`${HEAD}${OURS}\nm`), 'sha256').problem).toContain('gpgsig')
  })

  test('without an empty line is header to its end', () => {
    expect(shown(splitCommit(bytesOf(`${HEAD}${OURS}`), 'sha1'))).toEqual([HEAD, BLOCK, 'x509', undefined])
    expect(shown(splitCommit(bytesOf(`${HEAD}${OURS.trimEnd()}`), 'sha1'))).toEqual([
      HEAD,
      BLOCK.trimEnd(),
      'x509',
      undefined,
    ])
  })

  test('that begins with an empty line or a space has no signature before them', () => {
    expect(splitCommit(bytesOf(`\n${OURS}`), 'sha1').signature).toBeUndefined()
    expect(splitCommit(bytesOf(` ${OURS}`), 'sha1').signature).toBeUndefined()
  })

  test('carries signed tags whole', () => {
    const tag = `object 1\ntype commit\n\nm\n${BLOCK}`
    const header = (text: string) => `mergetag ${text.trimEnd().replaceAll('\n', '\n ')}\n`
    const commit = bytesOf(`${HEAD}${header(tag)}${header(tag)}${OURS}\nm`)
    expect(mergeTags(commit).map(textOf)).toEqual([tag, tag])
    expect(textOf(splitCommit(commit, 'sha1').payload)).toBe(`${HEAD}${header(tag)}${header(tag)}\nm`)
    expect(mergeTags(bytesOf(`${HEAD}\n${header(tag)}`))).toEqual([])
  })
})

describe('a tag', () => {
  const TAG = 'object 1\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\n'

  test('is split at its last marker whatever stands before', () => {
    fc.assert(
      fc.property(message, (text) => {
        const payload = concatBytes(bytesOf(TAG), text, bytesOf('\n'))
        const split = splitTag(joinTag(payload, bytesOf(BLOCK)), 'sha1')
        expect(Buffer.compare(split.payload, payload)).toBe(0)
        expect([textOf(split.signature), split.format, split.problem]).toEqual([BLOCK, 'x509', undefined])
      }),
      { examples },
    )
  })

  test('keeps an earlier block as payload, and what follows the last marker as signature', () => {
    const pgp = '-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n'
    expect(shown(splitTag(bytesOf(`${TAG}${pgp}${BLOCK}`), 'sha1'))).toEqual([`${TAG}${pgp}`, BLOCK, 'x509', undefined])
    expect(shown(splitTag(bytesOf(`${TAG}${BLOCK}${pgp}`), 'sha1'))).toEqual([
      `${TAG}${BLOCK}`,
      pgp,
      'openpgp',
      undefined,
    ])
    expect(textOf(splitTag(bytesOf(`${TAG}${BLOCK}rest`), 'sha1').signature)).toBe(`${BLOCK}rest`)
  })

  test('is not split in a line or at an unknown marker', () => {
    const text = `${TAG}x ${BLOCK}-----BEGIN CERTIFICATE-----\n`
    expect(shown(splitTag(bytesOf(text), 'sha1'))).toEqual([text, undefined, undefined, undefined])
  })

  test('may be nothing but a signature', () => {
    expect(shown(splitTag(bytesOf(BLOCK), 'sha1'))).toEqual(['', BLOCK, 'x509', undefined])
  })

  test('has a problem with a signature header, which Git cuts out', () => {
    const split = splitTag(bytesOf(`${TAG.slice(0, -1)}${OURS}\nm\n${BLOCK}`), 'sha1')
    expect([textOf(split.payload), split.problem?.includes('gpgsig')]).toEqual([`${TAG}m\n`, true])
  })

  test('of a repository with a compatible format may hold the other algorithm’s header', () => {
    const text = bytesOf(`${TAG.slice(0, -1)}gpgsig-sha256 ${FOLDED}\nm\n${BLOCK}`)
    const split = splitTag(text, 'sha1', { compatible: true })
    expect([textOf(split.payload), split.problem]).toEqual([`${TAG}m\n`, undefined])
    expect(splitTag(text, 'sha256', { compatible: true }).problem).toContain('gpgsig-sha256')
  })

  test('with a thousand markers that are none is split in little time', () => {
    const text = bytesOf(`${BLOCK}${'-----BEGIN \n'.repeat(200_000)}`)
    const before = performance.now()
    expect(splitTag(text, 'sha1').payload).toHaveLength(0)
    expect(performance.now() - before).toBeLessThan(10_000)
  })
})

test('a push certificate is split as a tag is', () => {
  const head = 'certificate version 0.1\npusher A <a@b> 1 +0000\npushee file:///x\nnonce 1-a\n\n0 1 refs/heads/main\n'
  expect(shown(splitPushCertificate(bytesOf(`${head}${BLOCK}`)))).toEqual([head, BLOCK, 'x509', undefined])
})

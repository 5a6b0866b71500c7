// What the YAML of a policy may hold, and the files that are made to hurt whoever reads them.
import { describe, expect, test } from 'vitest'
import { MAX_POLICY, parseYaml } from '../../src/policy/yaml.ts'

const read = (text: string | Uint8Array) => parseYaml(typeof text === 'string' ? Buffer.from(text) : text)
const fault = (line: number, message: string) => expect.objectContaining({ code: 'config', line, message })

describe('a policy file', () => {
  test('is maps, lists and scalars of the core schema, each with its line', () => {
    expect(read('a: 1\nb: [x, "y"]\nc:\n  - yes\n  - ~\n')).toEqual({
      kind: 'map',
      line: 1,
      entries: [
        { key: 'a', line: 1, value: { kind: 'scalar', line: 1, value: 1 } },
        {
          key: 'b',
          line: 2,
          value: { kind: 'list', line: 2, items: ['x', 'y'].map((value) => ({ kind: 'scalar', line: 2, value })) },
        },
        {
          key: 'c',
          line: 3,
          value: {
            kind: 'list',
            line: 4,
            items: [
              { kind: 'scalar', line: 4, value: 'yes' },
              { kind: 'scalar', line: 5, value: null },
            ],
          },
        },
      ],
    })
  })

  test('may have a byte order mark and lines that end as on Windows', () => {
    expect(read('\uFEFFa: b\r\nc: d\r\n')).toMatchObject({ entries: [{ key: 'a' }, { key: 'c', line: 2 }] })
  })

  test.each([
    ['an anchor', 'a: &x 1\n', 1, 'an anchor (&): write it out, or make a group'],
    ['an alias', 'a: 1\nb: *x\n', 2, 'an alias (*): write it out, or make a group'],
    ['a merge key', 'x: 1\n<<: {a: 1}\n', 2, 'a merge key (<<): write it out, or make a group'],
    ['a tag', 'a: !!str 1\n', 1, 'a tag: tag:yaml.org,2002:str'],
    ['a tag of its own', 'a: !run 1\n', 1, 'unresolved tag: !run'],
    ['a directive', '%YAML 1.1\n---\na: yes\n', 1, 'a directive (%)'],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 3, 'the key "a" stands there twice'],
    ['a second document', 'a: 1\n---\nb: 1\n', 2, 'a second document'],
    ['a key that is a list', '? [a]\n: x\n', 1, 'with stringkeys, all keys must be strings'],
    ['brackets that do not end', 'a: [\n', 2, expect.stringContaining('must') as unknown as string],
  ])('is refused for %s', (_, text, line, message) => {
    expect(() => read(text)).toThrow(fault(line, message))
  })

  test('that is not UTF-8 is refused', () => {
    expect(() => read(Buffer.from([0x61, 0xff]))).toThrow(fault(1, 'not UTF-8'))
  })
})

describe('a file made to hurt', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
    .split('')
    .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]\n`)
    .join('')}`

  test.each([
    ['10 MB', 'a: x\n'.repeat(2_000_000)],
    ['one byte more than may be', `# ${'x'.repeat(MAX_POLICY - 1)}`],
  ])('%s is refused unread', (_, text) => {
    expect(() => read(text)).toThrow(fault(1, `larger than ${MAX_POLICY} bytes`))
  })

  test.each([
    ['aliases of aliases', bomb],
    ['brackets in brackets', '['.repeat(200_000)],
    ['lists in lists', '- '.repeat(100_000)],
    ['maps in maps', '{a: '.repeat(60_000)],
    ['keys of keys', '? '.repeat(100_000)],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'config' }))
  })

  test('twenty thousand keys are read, and one of them twice is found', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: v`).join('\n')
    expect(read(text)).toMatchObject({ kind: 'map' })
    expect(() => read(`${text}\nk7: v\n`)).toThrow(fault(20_001, 'the key "k7" stands there twice'))
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../src/system/lines.ts'
import { temporaryFolder } from '../support/folder.ts'

const path = join(temporaryFolder('lines'), 'file')
const linesOf = (content: string | Uint8Array) => {
  writeFileSync(path, content)
  return [...readLines(path)]
}

test('gives each line, however long, whatever it holds', () => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' '))
  const examples: [string[]][] = [[[]], [['']], [['a\r', '\u2028', 'x'.repeat(600_000), 'é'.repeat(150_000)]]]
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const sound = lines.map((text) => text.toWellFormed())
      expect(linesOf(sound.map((text) => `${text}\n`).join(''))).toEqual(sound)
    }),
    { examples, numRuns: 50 },
  )
})

describe('refuses', () => {
  test.each([
    ['a last line that does not end', 'a\nb', /the last line does not end/],
    ['what is not UTF-8', Buffer.from('a\n\xff\n', 'latin1'), /UTF-8/],
  ])('%s', (_, content, why) => {
    expect(() => linesOf(content)).toThrow(why)
  })

  test('a file that is not there, by its name', () => {
    expect(() => [...readLines(`${path}-nowhere`)]).toThrow(`cannot read ${path}-nowhere: there is no such file`)
  })
})

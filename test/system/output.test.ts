import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openOutput, openSpool } from '../../src/system/output.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder('output')

test('an output is what was written, in place of what was there', () => {
  const path = join(folder, 'a')
  writeFileSync(path, 'before, and longer than what comes')
  const output = openOutput(path)
  output.write('é')
  output.write(Buffer.from('b'))
  output.close()
  expect(readFileSync(path, 'utf8')).toBe('éb')
})

test('one that cannot be opened is told by its name', () => {
  expect(() => openOutput(join(folder, 'no', 'file'))).toThrow(`cannot write ${join(folder, 'no', 'file')}: ENOENT`)
})

test('a spool gives back all that was written, and leaves nothing behind', () => {
  const place = mkdtempSync(join(folder, 'spool-'))
  vi.stubEnv('TMPDIR', place)
  onTestFinished(() => void vi.unstubAllEnvs())
  const spool = openSpool()
  const [name = ''] = readdirSync(place)
  expect(statSync(join(place, name)).mode & 0o777).toBe(0o700)
  const text = 'é'.repeat(1_500_000)
  spool.write(text)
  spool.write('end')
  expect(Buffer.concat([...spool.chunks()].map((chunk) => Buffer.from(chunk))).toString()).toBe(`${text}end`)
  spool.close()
  expect(readdirSync(place)).toEqual([])
})

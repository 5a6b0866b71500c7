import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import {
  findReplaceable,
  listDirectories,
  makePrivateDirectory,
  removeFile,
  replaceFile,
  withScratch,
} from '../../src/system/private-files.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

test('a private directory is entered by its owner alone, also one that others could enter before', () => {
  const path = join(folder, 'open')
  mkdirSync(path, { mode: 0o777 })
  makePrivateDirectory(path)
  makePrivateDirectory(join(folder, 'new', 'one'))
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'new', 'one')).mode & 0o777).toBe(0o700)
})

test('what stands in the place of a directory keeps its mode', () => {
  const path = join(folder, 'file')
  writeFileSync(path, '', { mode: 0o644 })
  expect(() => makePrivateDirectory(path)).toThrow(`cannot make ${path}: ENOTDIR`)
  expect(statSync(path).mode & 0o777).toBe(0o644)
})

test.skipIf(!existsSync('/proc/self'))('a home in which nothing can be made is a fault, not a wait for ever', () => {
  expect(() => makePrivateDirectory('/proc/.cache/gitsigil')).toThrow(/^cannot make \/proc\/\.cache\/gitsigil: ENOENT$/)
})

test('a file is replaced as a whole, and is its owner’s alone', () => {
  const path = join(folder, 'file')
  writeFileSync(path, 'something longer', { mode: 0o644 })
  replaceFile(path, encodeUtf8('new'))
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['file'])
})

test('a file that cannot be replaced is as it was, with nothing beside it', () => {
  const path = join(folder, 'file')
  mkdirSync(join(path, 'full'), { recursive: true })
  expect(() => replaceFile(path, encodeUtf8('new'))).toThrow(`cannot write ${path}: E`)
  expect(readdirSync(folder)).toEqual(['file'])
})

test('a link that was named leads to the file that is replaced', () => {
  const [path, link] = [join(folder, 'file'), join(folder, 'link')]
  expect(findReplaceable(path)).toBe(path)
  writeFileSync(path, 'old')
  symlinkSync('file', link)
  expect([findReplaceable(path), findReplaceable(link)]).toEqual([realpathSync(path), realpathSync(path)])
})

test.skipIf(process.platform === 'win32')('a FIFO, a folder and a link to nothing are not replaced', () => {
  const [fifo, link, nothing] = ['fifo', 'link', 'nothing'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  execFileSync('mkfifo', [fifo])
  symlinkSync('fifo', link)
  symlinkSync('absent', nothing)
  for (const path of [fifo, link, folder])
    expect(() => findReplaceable(path)).toThrow(`cannot write ${path}: it is no regular file`)
  expect(() => findReplaceable(nothing)).toThrow(`cannot write ${nothing}: ENOENT`)
})

test('directories are listed by name, files are not', () => {
  for (const name of ['b', 'a']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'c'), '')
  expect(listDirectories(folder)).toEqual(['a', 'b'])
  expect(listDirectories(join(folder, 'missing'))).toEqual([])
  expect(() => listDirectories(join(folder, 'c'))).toThrow(`cannot read ${folder}/c: ENOTDIR`)
})

test('a scratch directory is gone afterwards, also after a failure', async () => {
  const use = async (path: string) => {
    expect(existsSync(path)).toBe(true)
    throw new Error('on purpose')
  }
  await expect(withScratch(folder, use)).rejects.toThrow('on purpose')
  expect(readdirSync(folder)).toEqual([])
})

test('removing a file that is not there is no failure', () => {
  removeFile(join(folder, 'missing'))
})

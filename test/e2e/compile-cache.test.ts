// V8 runs what a compile cache holds in place of the source: whoever can write there decides what we say.
import {
  chmodSync,
  chownSync,
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { VERSION } from '../../src/version.ts'
import { builds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'

const FORGED = '6.6.6'
const top = fileURLToPath(new URL('../../', import.meta.url))
const onNode = builds.filter(({ name }) => name !== 'standalone')

/** A copy of the package, and a cache made from a forged one whose every checksum is that of the true source. */
async function forge(node: string, folder: string) {
  for (const name of ['bin', 'package.json']) cpSync(join(top, name), join(folder, name), { recursive: true })
  cpSync(join(top, 'dist'), join(folder, 'dist'), { recursive: true, filter: (path) => !/types|standalone/.test(path) })
  const sources = globSync(join(folder, 'dist/*.js')).map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  const run = (cache: string) =>
    runProgram([node, join(folder, 'bin/gitsigil.js'), 'version'], { cwd: folder, env: { XDG_CACHE_HOME: cache } })
  for (const { path, text } of sources) writeFileSync(path, text.replaceAll(VERSION, FORGED))
  const cache = join(folder, 'cache')
  await run(cache)
  for (const { path, text } of sources) writeFileSync(path, text)
  const sums = new Map(sources.map(({ text }) => [crc32(text.replaceAll(VERSION, FORGED)), crc32(text)]))
  for (const path of globSync(join(cache, 'gitsigil/*/*'))) writeFileSync(path, withSum(readFileSync(path), sums))
  return { cache, own: join(cache, 'gitsigil'), says: async () => (await run(cache)).stdout.trim().split(' ').at(-1) }
}

// The header's fourth word is the checksum of the source (node: src/compile_cache.cc).
function withSum(file: Buffer, sums: ReadonlyMap<number, number>): Buffer {
  const sum = sums.get(file.readUInt32LE(12))
  if (sum !== undefined) file.writeUInt32LE(sum, 12)
  return file
}

describe.each(onNode)('a planted compile cache, $name', ({ command: [node = ''] }) => {
  const forged = forge(node, temporaryFolder('cache'))

  test('would be believed in a folder that is ours alone, so the plant is a real one', async () => {
    expect(await (await forged).says()).toBe(FORGED)
  })

  test.each(['770', '707', '755', '777'])('is not used in a folder of mode %s', async (mode) => {
    const { own, says } = await forged
    chmodSync(own, Number.parseInt(mode, 8))
    expect(await says()).toBe(VERSION)
    chmodSync(own, 0o700)
    expect(await says()).toBe(FORGED)
  })

  test.skipIf(process.geteuid?.() !== 0)("is not used in another user's folder", async () => {
    const { own, says } = await forged
    chownSync(own, 12345, 12345)
    expect(await says()).toBe(VERSION)
    chownSync(own, 0, 0)
  })

  test('is not used through a symbolic link', async () => {
    const { own, says } = await forged
    renameSync(own, `${own}-moved`)
    symlinkSync(`${own}-moved`, own)
    expect(await says()).toBe(VERSION)
    rmSync(own)
    renameSync(`${own}-moved`, own)
  })

  test('is not used where others can rename the folder', async () => {
    const { cache, says } = await forged
    chmodSync(cache, 0o777)
    expect(await says()).toBe(VERSION)
    chmodSync(cache, 0o700)
  })
})

test.each(onNode)(
  'a cache is made for our user alone, and without a home there is none, $name',
  async ({ command }) => {
    const folder = temporaryFolder('home')
    mkdirSync(join(folder, 'home'))
    const version = (env: Record<string, string>) => runProgram([...command, 'version'], { cwd: folder, env })
    await version({ XDG_CACHE_HOME: 'relative', HOME: join(folder, 'home') })
    expect(readdirSync(join(folder, 'home/.cache/gitsigil'))).toHaveLength(1)
    const before = readdirSync(folder)
    expect((await version({ XDG_CACHE_HOME: 'relative', HOME: '', TMPDIR: folder })).status).toBe(0)
    expect(readdirSync(folder)).toEqual(before)
  },
)

test.each(onNode)('a home in which nothing can be made delays nobody, $name', async ({ command }) => {
  const cwd = temporaryFolder('home')
  for (const HOME of ['/proc', '/dev/null', join(cwd, 'missing')])
    expect((await runProgram([...command, 'version'], { cwd, env: { XDG_CACHE_HOME: '', HOME } })).status).toBe(0)
  expect(readdirSync(cwd)).toEqual([])
})

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkTiles } from '../../../scripts/check-tiles.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { newKey, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts'
import { proposalV1, requestV2, signArtifact } from '../signed.ts'

const SIZE = 300
const directory = join(temporaryFolder('tiles'), 'state')
let sandbox: TestSandbox

beforeAll(async () => {
  sandbox = await startTestSandbox({ directory })
  const key = newKey()
  const signed = Array.from({ length: SIZE }, (_, i) => signArtifact(Buffer.from(`artifact ${i}`), key))
  const send = async (url: string, body: object) => {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
    if (answer.status !== 201) throw new Error(await answer.text())
  }
  await Promise.all(signed.map((one) => send(`${sandbox.urls.rekor1}/api/v1/log/entries`, proposalV1(one))))
  await Promise.all(signed.map((one) => send(`${sandbox.urls.rekor2}/api/v2/log/entries`, requestV2(one))))
}, 60_000)
afterAll(() => sandbox.close())

describe.each(['rekor1', 'rekor2'])("the sandbox's log directory of %s", (name) => {
  const folder = join(directory, name)

  test('passes a check of every entry, tile and level, and of the root, by hashes alone', () => {
    expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toContain(`\n${SIZE}\n`)
    expect(checkTiles(folder)).toEqual([])
  })

  test.each([
    ['a full bundle', 'tile/entries/000'],
    ['a partial bundle', 'tile/entries/001.p/44'],
    ['a full tile', 'tile/0/000'],
    ['a partial tile', 'tile/0/001.p/44'],
    ['a tile of the second level', 'tile/1/000.p/1'],
  ])('fails it with one byte of %s changed, or without it', (_, path) => {
    const file = join(folder, path)
    const bytes = readFileSync(file)
    try {
      for (const at of [0, 20, bytes.length - 1]) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ 1
        writeFileSync(file, changed)
        expect(checkTiles(folder)).not.toEqual([])
      }
      rmSync(file)
      expect(checkTiles(folder)).toContain(`${path} is missing`)
    } finally {
      writeFileSync(file, bytes)
    }
    expect(checkTiles(folder)).toEqual([])
  })

  test('fails it with another root or size in the checkpoint, or a file too many', () => {
    const file = join(folder, 'checkpoint')
    const note = readFileSync(file, 'utf8')
    const [origin, size, root = '', ...rest] = note.split('\n')
    try {
      writeFileSync(file, [origin, size, `${root[0] === 'A' ? 'B' : 'A'}${root.slice(1)}`, ...rest].join('\n'))
      expect(checkTiles(folder)).toEqual(['the root is not that of the checkpoint'])
      writeFileSync(file, [origin, String(SIZE - 1), root, ...rest].join('\n'))
      expect(checkTiles(folder)).not.toEqual([])
    } finally {
      writeFileSync(file, note)
    }
    const extra = join(folder, 'tile', '0', '002')
    writeFileSync(extra, Buffer.alloc(8192))
    expect(checkTiles(folder)).toEqual(['tile/0/002 belongs to no tree of this size'])
    rmSync(extra)
  })
})

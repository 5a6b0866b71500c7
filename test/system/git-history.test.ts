import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { streamObjects } from '../../src/system/git-history.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

test('a short id is a fault of its own, and takes no object before or behind it along', async () => {
  const { path, git } = createRepository('--object-format=sha256')
  const tree = git(['write-tree']).trim()
  const world = testWorld({ cwd: path, env: process.env })
  const asked = [tree, tree.slice(0, 40), tree]
  const ids = (async function* () {
    yield Buffer.from(`${asked.join('\n')}\n`)
  })()
  const frames = []
  for await (const group of streamObjects({ world, signal: new AbortController().signal }, ids)) frames.push(...group)
  expect(frames.map(({ oid, type, why }) => [oid, type, why])).toEqual([
    [tree, 'tree', undefined],
    [tree.slice(0, 40), undefined, 'git answered for another object'],
    [tree, 'tree', undefined],
  ])
})

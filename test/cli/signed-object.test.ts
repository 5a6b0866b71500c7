import { expect, test } from 'vitest'
import { readSigned, splitProblem } from '../../src/cli/signed-object.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

test("a tag may hold the other algorithm's header where the repository keeps both, and nowhere else", async () => {
  const repository = createRepository()
  const block = '-----BEGIN SIGNED MESSAGE-----\nAAAA\n-----END SIGNED MESSAGE-----\n'
  const oid = repository.store('tag', `object 1\ntype commit\ntag v1\ngpgsig-sha256 x\n y\n\nm\n${block}`)
  const world = testWorld({ cwd: repository.path })
  expect(splitProblem(await readSigned(world, oid, true))).toBeUndefined()
  expect(splitProblem(await readSigned(world, oid, false))).toContain('a header named gpgsig-sha256')
})

// No verdict differs between Node and the standalone build's runtime: a second executable, compiled with the flags of the
// first, judges the vectors, the corpus, the conformance cases, their bundles, and mutants of them all.
// `scripts/compare-runtimes` does so with 20,000 mutants, which take half a minute.
import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compareRuntimes } from '../../scripts/comparing.ts'
import { bun } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'

const MUTANTS = 2000
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31))

describe.skipIf(!existsSync(bun))('the standalone runtime', () => {
  test(`gives the verdicts that Node gives, on all inputs and ${MUTANTS} mutants, seed ${seed}`, async () => {
    const folder = temporaryFolder('runtimes')
    mkdirSync(folder, { recursive: true })
    const { compared, differing } = await compareRuntimes(bun, folder, seed, MUTANTS)
    expect(differing).toEqual([])
    expect(compared).toBeGreaterThan(MUTANTS + 1500)
  })
})

// The vectors through the standalone build's runtime: a second executable, compiled with the flags of the first.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { bun } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { judgeVector, readVectors } from '../support/vectors.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const vectors = `${top}fixtures/vectors`
const folder = temporaryFolder('vector-runner')

interface Line {
  readonly name: string
  readonly verdicts: readonly unknown[]
}

function compile(): string {
  const runner = join(folder, 'vector-runner')
  const flags = ['--bytecode', '--format=esm', '--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig']
  const entry = join(top, 'test/support/vector-runner.ts')
  execFileSync(bun, ['build', '--compile', ...flags, '--compile-jit-policy=1000', entry, '--outfile', runner], {
    cwd: top,
    stdio: 'pipe',
  })
  return runner
}

function linesOf(output: string): readonly Line[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

describe.skipIf(!existsSync(bun))('the standalone runtime', () => {
  test('gives each vector the verdict that is expected, and that Node gives', () => {
    const lines = linesOf(execFileSync(compile(), [vectors], { encoding: 'utf8', maxBuffer: 64 << 20 }))
    const judged = readVectors(vectors).map((vector) => ({ name: vector.name, judged: judgeVector(vector) }))
    expect(lines).toEqual(judged.map(({ name, judged: all }) => ({ name, verdicts: all.map((one) => one.expected) })))
    expect(lines).toEqual(judged.map(({ name, judged: all }) => ({ name, verdicts: all.map((one) => one.verdict) })))
    expect(lines.length).toBeGreaterThan(500)
  })
})

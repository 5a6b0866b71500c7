// Git starts the program in the work tree, where a stranger's clone may hold files that runtimes like to read.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builds, bun } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { goodQuestion } from '../support/question.ts'
import { runProgram } from '../support/repository.ts'
import { hasShared } from '../support/shared.ts'

const NAMES = ['bunfig.toml', '.env', '.env.local', '.env.production', '.npmrc', 'package.json', 'tsconfig.json']
const folder = temporaryFolder('hostile')
const marker = join(folder, 'stolen')
const planted = plant()
const clean = join(folder, 'clean')
mkdirSync(clean)

function plant(): string {
  const clone = join(folder, 'planted')
  mkdirSync(join(clone, 'node_modules'), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(clone, name), text)
  write('steal.cjs', `require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'read')`)
  write('bunfig.toml', 'preload = ["./steal.cjs"]\n[run]\npreload = ["./steal.cjs"]\n')
  for (const name of ['.env', '.env.local', '.env.production'])
    write(name, 'GITSIGIL_TRUSTED_ROOT=/nowhere\nGITSIGN_LOG=stolen\nBUN_OPTIONS=--preload=./steal.cjs\n')
  write('package.json', '{"type":"commonjs","main":"./steal.cjs","imports":{"#*":"./steal.cjs"}}')
  write('tsconfig.json', '{"compilerOptions":{"paths":{"*":["./steal.cjs"]}}}')
  for (const name of ['jose', 'tuf-js', 're2js', 'node:fs'])
    symlinkSync('../steal.cjs', join(clone, 'node_modules', name))
  return clone
}

/** In a folder of pipes whoever reads a file waits for ever, so a run that ends has read none. */
function pipes(): string {
  const clone = join(folder, 'pipes')
  mkdirSync(clone)
  execFileSync(
    'mkfifo',
    NAMES.map((name) => join(clone, name)),
  )
  return clone
}

describe.each(builds)('a hostile clone, $name', ({ command }) => {
  test('changes nothing of what the program says, and none of its code is run', async () => {
    const [here, there] = [clean, planted].map((cwd) => runProgram([...command, 'version'], { cwd }))
    expect(await there).toEqual(await here)
    expect((await there)?.status).toBe(0)
    expect(existsSync(marker)).toBe(false)
  })

  test.skipIf(!hasShared)('changes no verdict', async () => {
    const { args, payload } = goodQuestion(folder)
    const [here, there] = [clean, planted].map((cwd) => runProgram([...command, ...args], { cwd, input: payload }))
    expect(await there).toEqual(await here)
    expect((await there)?.stdout).toContain('[GNUPG:] GOODSIG ')
    expect(existsSync(marker)).toBe(false)
  })
})

test.skipIf(!hasShared)('no build reads any of the files', async () => {
  const cwd = pipes()
  const { args, payload } = goodQuestion(folder)
  for (const { command } of builds) {
    expect((await runProgram([...command, 'version'], { cwd })).status).toBe(0)
    expect((await runProgram([...command, ...args], { cwd, input: payload })).status).toBe(0)
  }
})

test.skipIf(!existsSync(bun))('a standalone build without our flags does run the code', async () => {
  const entry = join(folder, 'entry.js')
  writeFileSync(entry, 'console.log(process.env.GITSIGN_LOG)')
  execFileSync(bun, ['build', '--compile', entry, '--outfile', join(folder, 'default')])
  expect((await runProgram([join(folder, 'default')], { cwd: planted })).stdout).toBe('stolen\n')
  expect(existsSync(marker)).toBe(true)
})

// What a launcher does before and after the program: refuse an old Node, and never leave Git without a verdict.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const asked = ['--status-fd=1', '--verify', 'signature', '-']
const noVerdict = `[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG ${'0'.repeat(40)} 19 8 00 0 9\n[GNUPG:] TRUST_NEVER 0 shell\n`
const [node = ''] = builds[0]?.command ?? []
const launcher = join(top, 'bin/gitsigil.js')

/** The launchers of a package whose program is `source`. */
function packageWith(source: string): string {
  const folder = temporaryFolder('launcher')
  cpSync(join(top, 'bin'), join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist/main.js'), source)
  return join(folder, 'bin/gitsigil.js')
}

describe('a Node that is too old', () => {
  const old = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "22.21.1" })'
  const error = 'gitsigil: error: Node 22.21.1 is too old: 22.22 or later is needed\n'

  test('is refused in one line', async () => {
    const ran = await runProgram([node, '--import', old, launcher, 'version'], { cwd: top })
    expect(ran).toEqual({ status: 2, stdout: '', stderr: error })
  })

  test('leaves Git with a verdict', async () => {
    const ran = await runProgram([node, '--import', old, launcher, ...asked], { cwd: top })
    expect(ran).toEqual({ status: 2, stdout: noVerdict, stderr: error })
  })

  test.each(['gitsigil.js', 'git-sigil.js'])('can read %s as far as that', (name) => {
    const text = readFileSync(join(top, 'bin', name), 'utf8')
    expect(transformSync(text, { target: 'node12.20' }).code).toBe(transformSync(text, { target: 'esnext' }).code)
    expect(text).not.toMatch(/^import .*dist/m)
  })
})

describe('a bug in the program', () => {
  const broken: readonly (readonly [string, string])[] = [
    ['that cannot be loaded', 'nothing('],
    ['that throws while it loads', 'throw new Error("broken")'],
    [
      'that rejects',
      'export const createWorld = () => 0; export const main = async () => { throw new Error("broken") }',
    ],
    [
      'that throws later',
      'export const createWorld = () => 0; ' +
        'export const main = () => new Promise(() => setTimeout(() => { throw new Error("broken") }))',
    ],
    [
      'that forgets a promise',
      'export const createWorld = () => 0; ' +
        'export const main = () => { Promise.reject(new Error("broken")); ' +
        'return new Promise((done) => setTimeout(done, 1e4, 0)) }',
    ],
  ]

  test.each(broken)('%s leaves Git with a verdict, and is called a bug in one line', async (_, source) => {
    const ran = await runProgram([node, packageWith(source), ...asked], { cwd: top, input: Buffer.alloc(1e6) })
    expect(ran).toEqual({
      status: 3,
      stdout: noVerdict,
      stderr: expect.stringMatching(/^gitsigil: bug: \w*Error: .*\n$/),
    })
  })

  test('takes the status descriptor as two words, and says nothing to Git where none was asked for', async () => {
    const path = packageWith('throw new Error("broken")')
    const two = await runProgram([node, path, '--status-fd', '1', '--verify', 'signature', '-'], { cwd: top })
    expect(two.stdout).toBe(noVerdict)
    for (const args of [['--verify', 'signature', '-'], ['--status-fd=2', '-bsau', 'key'], ['verify']])
      expect((await runProgram([node, path, ...args], { cwd: top })).stdout).toBe('')
  })
})

test.each(builds)('the program behaves the same under each of its names, $name', async (build) => {
  const said = await Promise.all(
    (['gitsigil', 'git-sigil', 'gitsign'] as const).map((name) =>
      runProgram([installed(build, name), 'version'], { cwd: top }),
    ),
  )
  expect(said.map(({ status }) => status)).toEqual([0, 0, 0])
  expect(said.map(({ stdout }) => stdout.split(' ')[0])).toEqual(['gitsigil', 'gitsigil', 'gitsign'])
})

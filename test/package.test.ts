// The published package, packed and installed as npm does it, with no registry at hand.
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { VERSION } from '../src/version.ts'
import { builds } from './support/builds.ts'
import { temporaryFolder } from './support/folder.ts'
import { type Run, runProgram } from './support/repository.ts'

const top = fileURLToPath(new URL('../', import.meta.url))
const folder = temporaryFolder('package')
const prefix = join(folder, 'prefix')
const bin = join(prefix, 'bin')
const installed = join(prefix, 'lib/node_modules/gitsigil')
const [node = ''] = builds[0]?.command ?? []
const PATH = [bin, dirname(node), process.env['PATH']].join(delimiter)

const start = (...command: readonly string[]): Promise<Run> => runProgram(command, { cwd: folder, env: { PATH } })
const about = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as Record<string, unknown>

beforeAll(() => {
  const npm = (...args: readonly string[]) =>
    execFileSync('npm', [...args, '--loglevel=error'], { cwd: top, env: { ...process.env, PATH }, encoding: 'utf8' })
  npm('pack', '--pack-destination', folder)
  npm('install', '--global', '--prefix', prefix, '--offline', join(folder, `gitsigil-${VERSION}.tgz`))
})

test('is at most 2 MB as a tarball', () => {
  expect(statSync(join(folder, `gitsigil-${VERSION}.tgz`)).size).toBeLessThanOrEqual(2_000_000)
})

test('carries the version that the program says', () => {
  expect(about['version']).toBe(VERSION)
})

test('brings no other package with it but the keychain, and goes without that too', async () => {
  expect(Object.keys(about).filter((key) => /^(peer|bundled?)?dependencies$/i.test(key))).toEqual([])
  expect(Object.keys(about['optionalDependencies'] as object)).toEqual(['@github/keytar'])
  const brought = globSync('{node_modules/*,node_modules/@*/*}', { cwd: installed })
  // node-addon-api is what it is built with.
  const known = ['@github', '@github/keytar', 'node-addon-api'].map((name) => `node_modules/${name}`)
  expect(brought.filter((path) => !known.includes(path))).toEqual([])
  rmSync(join(installed, 'node_modules'), { recursive: true, force: true })
  const { stdout } = await start('gitsigil', 'status')
  expect(stdout).toContain('keychain  not used: its module (@github/keytar) is not installed')
})

test('holds the launchers, the program, licences, and no source, test or standalone executable', () => {
  const files = globSync('**/*', { cwd: installed }).filter((path) => statSync(join(installed, path)).isFile())
  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'bin/gitsigil.js', 'bin/git-sigil.js', 'dist/main.js', 'dist/licences.txt']),
  )
  const odd = files.filter(
    (path) =>
      !/^(bin\/[a-z-]+\.js|dist\/[\w-]+\.js|dist\/types\/.*\.d\.ts|dist\/licences\.txt|schema\/[\w.-]+\.json|[A-Z]+(\.md)?|package\.json)$/.test(
        path,
      ),
  )
  expect(odd).toEqual([])
})

test.each(['gitsigil', 'git-sigil'])('works as %s', async (name) => {
  expect(await start(name, 'version')).toEqual({ status: 0, stdout: expect.stringContaining(VERSION), stderr: '' })
})

test('works as a Git command', async () => {
  expect(await start('git', 'sigil', 'version')).toEqual({
    status: 0,
    stdout: expect.stringContaining(VERSION),
    stderr: '',
  })
})

test('a symbolic link named gitsign is a drop-in', async () => {
  const path = join(folder, 'gitsign')
  symlinkSync(join(bin, 'gitsigil'), path)
  expect(await start(path, 'version')).toEqual({ status: 0, stdout: expect.stringMatching(/^gitsign /), stderr: '' })
})

test.skipIf(globSync('src/index.ts', { cwd: top }).length === 0)('is a library with types', async () => {
  const user = join(folder, 'user')
  mkdirSync(join(user, 'node_modules'), { recursive: true })
  symlinkSync(installed, join(user, 'node_modules/gitsigil'))
  writeFileSync(join(user, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(user, 'use.ts'),
    `import * as gitsigil from 'gitsigil'\n` +
      `export const names: string[] = Object.keys(gitsigil)\nconsole.log(names.length > 0)\n`,
  )
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--typeRoots',
    join(top, 'node_modules/@types'),
    '--types',
    'node',
  ]
  const types = await runProgram([join(top, 'node_modules/.bin/tsc'), ...options, 'use.ts'], {
    cwd: user,
    env: { PATH },
  })
  expect(types).toEqual({ status: 0, stdout: '', stderr: '' })
  expect((await runProgram([node, 'use.ts'], { cwd: user })).stdout).toBe('true\n')
})

// The published package as a library: publint and attw find nothing, and its two entries are one library.
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { builds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const folder = temporaryFolder('library')
const nodes = builds.flatMap(({ name, command: [node = ''] }) => (name === 'standalone' ? [] : [{ name, node }]))
const PATH = [dirname(nodes[0]?.node ?? ''), process.env['PATH']].join(delimiter)
let tarball: string

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules/gitsigil'), { recursive: true })
  const env = { ...process.env, PATH }
  execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', folder], { cwd: top, env })
  tarball = join(folder, globSync('*.tgz', { cwd: folder })[0] ?? '')
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(folder, 'node_modules/gitsigil')])
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})

function tool(name: string, ...args: readonly string[]) {
  return runProgram([join(top, 'node_modules/.bin', name), ...args], { cwd: folder, env: { PATH, NO_COLOR: '1' } })
}

test('publint has nothing to say', async () => {
  const { status, stdout, stderr } = await tool('publint', '--strict', tarball)
  expect(`${stdout}${stderr}`).toContain('All good!')
  expect(status).toBe(0)
})

test('attw finds its types right wherever ES modules are', async () => {
  const { status, stdout, stderr } = await tool(
    'attw',
    '--profile',
    'esm-only',
    '--no-emoji',
    '--format',
    'ascii',
    tarball,
  )
  const entries = [...stdout.matchAll(/^"(gitsigil[^"]*)"$[^*]*?^node16 \(from ESM\): OK/gm)].map(([, name]) => name)
  expect({ status, stderr, entries }).toEqual({
    status: 0,
    stderr: '',
    entries: ['gitsigil', 'gitsigil/clients', 'gitsigil/package.json'],
  })
})

const USE = `
  import { Fault, sign, verify, verifyBundle, signBundle, publicGoodRoot } from 'gitsigil'
  import { createPorts } from 'gitsigil/clients'
  const trust = publicGoodRoot()
  const now = Date.now()
  const verdict = verify(Buffer.from('x'), Buffer.from('y'), { trust, now })
  const bundle = verifyBundle(Buffer.from('{}'), Buffer.from('x'), { trust, now })
  console.log(verdict.ok || verdict.rejection.check, bundle.ok || bundle.rejection.check)
  const ports = createPorts({ fulcio: 'https://a.test', rekor: 'https://b.test', rekorVersion: 1, token: () => '', trust })
  for (const make of [sign, signBundle])
    await make(Buffer.from('x'), ports).catch((thrown: unknown) => console.log(thrown instanceof Fault && thrown.code))
`

describe.each(nodes)('on $name', ({ node }) => {
  test('verifies and signs, and a fault of one entry is a fault of the other', async () => {
    writeFileSync(join(folder, 'use.mjs'), USE.replace(': unknown', ''))
    const ran = await runProgram([node, 'use.mjs'], { cwd: folder })
    expect(ran).toEqual({ status: 0, stderr: '', stdout: 'format format\nidentity\nidentity\n' })
  })
})

test('type-checks in the strictest project', async () => {
  writeFileSync(join(folder, 'use.ts'), USE)
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2024']
  const types = ['--typeRoots', join(top, 'node_modules/@types'), '--types', 'node']
  expect(await tool('tsc', ...options, ...types, 'use.ts')).toEqual({ status: 0, stdout: '', stderr: '' })
})

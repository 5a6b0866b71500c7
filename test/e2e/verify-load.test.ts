// What one `--verify` loads. It is run for every commit of a `git log`, so each file more is paid thousands of times.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Metafile } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { encodeKept } from '../../src/policy/kept.ts'
import { parsePolicyDocument } from '../../src/policy/parse.ts'
import { builds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { roomOf } from '../support/imports.ts'
import { policyText } from '../support/policy.ts'
import { goodQuestion } from '../support/question.ts'
import { runProgram } from '../support/repository.ts'
import { hasShared } from '../support/shared.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const folder = temporaryFolder('load')
const meta = JSON.parse(readFileSync(join(top, 'dist/meta.json'), 'utf8')) as Metafile
const onNode = builds.filter(({ name }) => name !== 'standalone')

/** Rooms of the hot path; `trust-client` reads the store, and the one file of `system` that speaks http is not loaded. */
const ROOMS =
  'asn1 base cms compose config fulcio gpg main policy proto rekor report system trust trust-client tsa verify x509'

// Tells on leaving which files and which of Node's own modules were loaded.
const spy = `
  import { registerHooks } from 'node:module'
  import { writeFileSync } from 'node:fs'
  const files = []
  registerHooks({ load(url, context, next) { files.push(url); return next(url, context) } })
  process.on('exit', () => writeFileSync(process.env.SPY_OUTPUT, JSON.stringify({ files, node: process.moduleLoadList })))
`

async function spyOn(
  [node = '', ...rest]: readonly string[],
  args: readonly string[],
  input: Uint8Array,
  cwd = folder,
) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'spy.mjs'), spy)
  const output = join(folder, 'loaded.json')
  const command = [node, '--import', join(folder, 'spy.mjs'), ...rest, ...args]
  const ran = await runProgram(command, { cwd, env: { SPY_OUTPUT: output }, input })
  const loaded = JSON.parse(readFileSync(output, 'utf8')) as { files: readonly string[]; node: readonly string[] }
  return {
    ran,
    files: loaded.files.filter((url) => url.startsWith('file:')).map((url) => basename(url)),
    node: loaded.node,
  }
}

/** The sources whose code is in these files of dist/. */
function sourcesOf(files: readonly string[]): readonly string[] {
  const outputs = files.map((file) => meta.outputs[`dist/${file}`]).filter((output) => output !== undefined)
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs))
  const taken = inputs
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !path.includes('?'))
    .map(([path]) => path)
  return [...new Set(taken)].sort()
}

describe.skipIf(!hasShared).each(onNode)('verifying one commit, $name', ({ command }) => {
  let spied: ReturnType<typeof spyOn>
  // Not in the suite's body, which runs where the suite is skipped too.
  beforeAll(() => {
    const { args, payload } = goodQuestion(folder)
    spied = spyOn(command, args, payload)
  })

  test('ends with a verdict, so the lists below are those of a whole verification', async () => {
    expect((await spied).ran).toMatchObject({ status: 0, stdout: expect.stringContaining('[GNUPG:] GOODSIG ') })
  })

  test('loads at most eight files and 200 kB', async () => {
    const { files } = await spied
    expect(files.length).toBeLessThanOrEqual(8)
    expect(
      globSync(files.map((file) => join(top, '{bin,dist}', file))).reduce(
        (sum, path) => sum + readFileSync(path).length,
        0,
      ),
    ).toBeLessThan(200_000)
  })

  test('loads these rooms, and no package', async () => {
    const sources = sourcesOf((await spied).files).filter((path) => !path.startsWith('bin/'))
    expect(sources.filter((path) => !path.startsWith('src/'))).toEqual([])
    expect([...new Set(sources.map(roomOf))].sort().join(' ')).toBe(ROOMS)
  })

  test('loads nothing that signs, searches, serves or speaks to a network', async () => {
    const { files, node } = await spied
    const sources = sourcesOf(files)
    expect(
      sources.filter((path) => /(^src\/(sign|oidc|sandbox|cli)\/)|\/client|http|tuf-client|signer/.test(path)),
    ).toEqual([])
    const online = /^NativeModule (internal\/deps\/undici|internal\/http|_http|https?|http2|tls|dns|_tls)\b/
    expect(node.filter((name) => online.test(name))).toEqual([])
  })

  test('with a policy in force, loads what judges by it, and neither YAML nor CEL nor what walks a history', async () => {
    const { args, payload } = goodQuestion(folder)
    const { ran, files } = await spyOn(command, args, payload, await policed())
    expect(ran).toMatchObject({ status: 1, stdout: expect.stringContaining('[GNUPG:] TRUST_NEVER ') })
    const sources = sourcesOf(files)
    expect(sources.filter((path) => path.includes('node_modules'))).toEqual([])
    expect(sources).toContain('src/policy/judge.ts')
    expect(sources.filter((path) => /yaml|cel\.ts|regexp|lineage|walk|compose\/in|compose\/policy/.test(path))).toEqual(
      [],
    )
    expect(files.length).toBeLessThanOrEqual(20)
  })
})

/** A repository with an authenticated policy, which names somebody else. */
async function policed(): Promise<string> {
  const path = join(folder, 'policed')
  const root = 'a'.repeat(40)
  await runProgram(['git', 'init', '--quiet', path], { cwd: folder })
  await runProgram(['git', 'config', 'gitsigil.policyRoot', root], { cwd: path })
  const text = policyText('rules: [{ name: all, authorities: [maintainers] }]')
  const document = parsePolicyDocument(encodeUtf8(text), 'policy.yaml')
  mkdirSync(join(path, '.git/gitsigil'), { recursive: true })
  const kept = encodeKept({ root, commit: root, tip: root, blob: root, document })
  writeFileSync(join(path, '.git/gitsigil/policy.json'), kept)
  return path
}

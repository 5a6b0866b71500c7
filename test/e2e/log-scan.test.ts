// A tiled log that is read whole, by threads and by machines that share the work: both builds, and the examples as they stand.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { listLog, makeTrustedRoot } from '../../scripts/forge/root.ts'
import { ISSUER } from '../../scripts/tile-bench/certificates.ts'
import { makeTileLog } from '../../scripts/tile-bench/maker.ts'
import { type FileServer, serveFolder } from '../../scripts/tile-bench/server.ts'
import { builds, installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository, runProgram } from '../support/repository.ts'
import { readYaml } from '../support/runner.ts'

const SIZE = 12_000
const SUBJECT = 'signer4@example.com'
const examples = fileURLToPath(new URL('../../examples', import.meta.url))
const folder = temporaryFolder('log-scan')
const log = join(folder, 'log')
const root = join(folder, 'trusted_root.json')
let server: FileServer

beforeAll(async () => {
  mkdirSync(log)
  const made = makeTileLog(log, SIZE, '127.0.0.1')
  server = await serveFolder(log)
  writeFileSync(root, JSON.stringify(makeTrustedRoot({ tlogs: [{ ...listLog(made.log), baseUrl: server.url }] })))
})
afterAll(() => server.close())

const indexesOf = (text: string): readonly number[] =>
  JSON.parse(text).entries.map(({ index }: { index: string }) => Number(index))

async function search(command: readonly string[], ...args: readonly string[]) {
  const asked = ['log', 'search', '--json', `--trusted-root=${root}`, ...args]
  return await runProgram([...command, ...asked], { cwd: folder })
}

describe.each(kinds)('$name', ({ command }) => {
  test('reads names in threads, and finds what one thread finds', async () => {
    const one = await search(command, `--subject=${SUBJECT}`, '--jobs=1')
    expect([one.status, one.stderr]).toEqual([0, ''])
    expect(indexesOf(one.stdout).length).toBeGreaterThan(5)
    expect(
      new Set(JSON.parse(one.stdout).entries.map(({ claimed }: { claimed: object }) => JSON.stringify(claimed))),
    ).toEqual(new Set([JSON.stringify({ subject: SUBJECT, issuer: ISSUER })]))
    const three = await search(command, `--subject=${SUBJECT}`, '--jobs=3')
    expect(three).toEqual(one)
    const [index = 0] = indexesOf(one.stdout).slice(-1)
    const verified = await runProgram([...command, 'log', 'verify', `--trusted-root=${root}`, String(index)], {
      cwd: folder,
    })
    expect(verified.stderr).toContain('the signature that it holds does not verify')
  })

  test('watches in threads, and sees what one thread sees', async () => {
    const { path } = createRepository()
    const watch = async (jobs: number) => {
      const asked = [`--trusted-root=${root}`, `--identity=${ISSUER} ${SUBJECT}`, '--from=0', '--format=jsonl']
      const state = join(path, `state-${jobs}`)
      const ran = await runProgram([...command, 'monitor', ...asked, `--jobs=${jobs}`, `--state=${state}`], {
        cwd: path,
      })
      const seen = ran.stdout.trim().split('\n')
      return { status: ran.status, indexes: seen.map((line) => JSON.parse(line).index) }
    }
    const one = await watch(1)
    expect(one.indexes).toEqual(indexesOf((await search(command, `--subject=${SUBJECT}`)).stdout))
    expect(await watch(3)).toEqual(one)
  })

  test('finds out one changed byte, whatever is looked for', async () => {
    const path = join(log, 'tile', 'entries', '040')
    const bytes = readFileSync(path)
    try {
      writeFileSync(path, Buffer.from(bytes).fill(bytes[900] === 65 ? 66 : 65, 900, 901))
      for (const wanted of [`--subject=${SUBJECT}`, `--hash=${'ab'.repeat(32)}`])
        expect(await search(command, wanted)).toMatchObject({
          status: 3,
          stdout: '',
          stderr: expect.stringContaining('the log lies: bundle 40 does not hold the entries of its tree'),
        })
    } finally {
      writeFileSync(path, bytes)
    }
  })
})

describe.skipIf(!builds.some(({ name }) => name === 'standalone'))('the examples', () => {
  const bin = join(folder, 'bin')
  const env = () => ({
    PATH: `${bin}:${process.env['PATH']}`,
    GITSIGIL_TRUSTED_ROOT: root,
    LOG: server.url,
    IDENTITY: `${ISSUER} ${SUBJECT}`,
    SHARDS: '4',
  })
  let expected: readonly number[]

  beforeAll(async () => {
    const [build] = builds.filter(({ name }) => name === 'standalone')
    if (build === undefined) return
    mkdirSync(bin)
    writeFileSync(join(bin, 'gitsigil'), `#!/bin/sh\nexec '${installed(build)}' "$@"\n`)
    chmodSync(join(bin, 'gitsigil'), 0o755)
    expected = indexesOf((await search(build.command, `--subject=${SUBJECT}`)).stdout)
  })

  const found = (text: string) => Array.from(text.matchAll(/^index +(\d+) of/gm), ([, index]) => Number(index))

  test('a matrix of GitHub: the head, the parts, and what they found together', async () => {
    interface Workflow {
      readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>
    }
    const { jobs } = readYaml<Workflow>(`${examples}/github/log-matrix.yml`)
    const commands = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
    )
    expect(commands.filter((command) => command.includes('${{'))).toEqual([])
    const cwd = join(folder, 'matrix')
    mkdirSync(cwd)
    const run = (job: string, more: Readonly<Record<string, string>>) => {
      const command = jobs[job]?.steps.find(({ run }) => run !== undefined)?.run ?? 'false'
      return runProgram(['sh', '-e', '-c', command], { cwd, env: { ...env(), ...more } })
    }
    const output = join(cwd, 'output')
    expect(await run('head', { GITHUB_OUTPUT: output })).toMatchObject({ status: 0 })
    expect(readFileSync(output, 'utf8')).toBe(`size=${SIZE}\n`)
    for (const SHARD of ['1', '2', '3', '4'])
      expect(await run('part', { SHARD, SIZE: String(SIZE) })).toMatchObject({ status: 0, stderr: '' })
    const whole = await run('whole', {})
    expect([whole.status, found(whole.stdout)]).toEqual([0, expected])
  })

  test('Kubernetes: the pods of an Indexed Job, and the one that puts their parts together', async () => {
    interface Job {
      readonly kind: string
      readonly spec: {
        readonly template: {
          readonly spec: { readonly containers: readonly [{ readonly command: string[]; readonly args: string[] }] }
        }
      }
    }
    const text = readFileSync(`${examples}/kubernetes/log-indexed-job.yaml`, 'utf8')
    const [parts, whole] = parseAllDocuments(text)
      .map((document) => document.toJS() as Job)
      .filter(({ kind }) => kind === 'Job')
    mkdirSync(join(folder, 'data', 'parts'), { recursive: true })
    const run = (job: Job | undefined, more: Readonly<Record<string, string>>) => {
      const [container] = job?.spec.template.spec.containers ?? []
      const here = container?.args.map((arg) => arg.replaceAll('/data/', `${folder}/data/`)) ?? []
      return runProgram([...(container?.command ?? []), ...here], { cwd: folder, env: { ...env(), ...more } })
    }
    for (const JOB_COMPLETION_INDEX of ['0', '1', '2', '3'])
      expect(await run(parts, { JOB_COMPLETION_INDEX, SIZE: String(SIZE) })).toMatchObject({ status: 0 })
    const merged = await run(whole, {})
    expect([merged.status, found(merged.stdout)]).toEqual([0, expected])
  })
})

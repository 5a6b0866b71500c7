// A history signed anew by one login, verified in parts, and put together in every form: as people and CI do it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoggingIn, createPerson, startCounting } from '../support/agent.ts'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const FORMS = ['brief', 'text', 'json', 'jsonl', 'sarif', 'junit', 'github', 'markdown', 'html']
const COUNT = 12
const schema = fileURLToPath(new URL('../../schema/history.schema.json', import.meta.url))
const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false })
const isReport = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object)
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

// What differs between the builds is how they are started and stream; Node's two lines do not differ in that.
describe.each(builds.filter(({ name }) => name !== 'node22'))('$name', (build) => {
  const folder = temporaryFolder('reports')
  const program = installed(build)
  const kim = createPerson(folder, 'kim')
  afterAll(() => kim.stop())

  test('an unsigned history is signed by one login, and each report of it is whole', async () => {
    const fulcio = await startCounting(sandbox.urls.fulcio)
    const repository = createLoggingIn(kim, 'repository', { program, sandbox, fulcio: fulcio.url })
    const run = (...args: readonly string[]) =>
      runProgram([program, ...args], { cwd: repository.path, env: { ...kim.env } })
    for (let at = 0; at <= COUNT; at++) repository.git(['commit', '--quiet', '--allow-empty', '-m', `change ${at}`])
    const range = `main~${COUNT}..main`
    const before = await run('verify', '--format=text', range)
    expect(before.stdout.match(/^unsigned /gm)).toHaveLength(COUNT)
    expect(before.status).toBe(1)

    const hook = '#!/bin/sh\nsleep 60 &\necho "$!"\n'
    writeFileSync(join(repository.path, '.git', 'hooks', 'post-rewrite'), hook, { mode: 0o755 })
    const signed = await run('resign', '--yes', range)
    expect([signed.status, signed.stdout.match(/ -> /g)?.length]).toEqual([0, COUNT])
    // What the hook left in the background still runs.
    expect(process.kill(Number(/^\d+$/m.exec(signed.stderr)?.[0]))).toBe(true)
    expect([kim.logins(), fulcio.count()]).toEqual([1, 1])
    expect(repository.git(['log', '--format=%G?', range])).toBe(Array(COUNT).fill('G').join('\n'))
    fulcio.close()

    const whole = await run('verify', range, '--format=json', ...FORMS.map((form) => `--report=${form}=whole.${form}`))
    expect([whole.status, whole.stderr]).toEqual([0, ''])
    const document = JSON.parse(whole.stdout)
    expect([isReport(document), isReport.errors]).toEqual([true, null])
    expect(document.summary.signers).toMatchObject([
      { subject: 'kim@example.com', signatures: COUNT, level: 'allowed' },
    ])
    const written = FORMS.map((form) => readFileSync(join(repository.path, `whole.${form}`), 'utf8'))
    expect(written.filter((text) => text === '')).toEqual([])

    const parts = await Promise.all(
      [1, 2, 3].map((index) => run('verify', range, `--shard=${index}/3`, `--report=jsonl=${index}.jsonl`)),
    )
    expect(parts.map(({ status }) => status)).toEqual([0, 0, 0])
    const merged = await run('report', 'merge', '--format=json', '1.jsonl', '2.jsonl', '3.jsonl')
    expect([merged.status, merged.stderr]).toEqual([0, ''])
    const together = JSON.parse(merged.stdout)
    expect([isReport(together), isReport.errors]).toEqual([true, null])
    const ids = (report: { readonly records: readonly { readonly object: string }[] }) =>
      report.records.map(({ object }) => object).sort()
    expect(ids(together)).toEqual(ids(document))
    expect(together.summary.states).toEqual(document.summary.states)
    const missing = await run('report', 'merge', '1.jsonl', '3.jsonl')
    expect([missing.status, missing.stdout]).toEqual([2, ''])
    expect(missing.stderr).toContain('shard 2 of 3 is missing\n')

    const explained = await run('explain', 'HEAD')
    expect([explained.status, explained.stderr]).toEqual([0, ''])
    expect(explained.stdout).toContain('\njudgement: allowed\n  identity            kim@example.com (email)\n')
  })
})

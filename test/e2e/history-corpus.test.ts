// The whole corpus in one repository, in one run, and each object by itself: the same verdicts, on both kinds of build.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { kinds } from '../support/builds.ts'
import { createRepository } from '../support/repository.ts'
import { hasShared, readCorpus, readCorpusObject, sharedPath } from '../support/shared.ts'

const records = readCorpus()
const cache = mkdtempSync(join(tmpdir(), 'gitsigil-cache-'))
afterAll(() => rmSync(cache, { recursive: true, force: true }))

interface Document {
  readonly records: readonly Readonly<Record<string, unknown>>[]
  readonly summary: Readonly<Record<string, unknown>>
}

describe.skipIf(!hasShared).each(kinds)('the corpus in one run, $name', ({ command: [program = '', ...first] }) => {
  const repository = createRepository()
  for (const record of records) repository.store(record.type, readCorpusObject(record))
  repository.git(['config', 'gitsigil.trustedRoot', sharedPath('corpus/trusted_root.json')])
  const env = { ...process.env, XDG_CACHE_HOME: join(cache, 'xdg') }
  const run = (args: readonly string[], ids = records.map(({ oid }) => oid)) =>
    spawnSync(program, [...first, 'verify', ...args], {
      cwd: repository.path,
      env,
      encoding: 'utf8',
      input: ids.map((id) => `${id}\n`).join(''),
    })
  const documentOf = (args: readonly string[], ids?: string[]): Document =>
    JSON.parse(run(['--stdin', '--json', ...args], ids).stdout) as Document
  const whole = documentOf(['--no-cache', '--jobs=2'])

  test('has the verdicts of expected.json, in the order of the ids', () => {
    expect(whole.records.map(({ object }) => object)).toEqual(records.map(({ oid }) => oid))
    for (const [i, { gitsign, identity, issuer, logIndex, log }] of records.entries()) {
      const found = whole.records[i]
      if (gitsign === 'good')
        expect(found).toMatchObject({ verdict: 'accepted', identity, issuer, log: { index: logIndex } })
      else expect(found).toMatchObject({ verdict: 'rejected', check: log === 'embedded' ? 'format' : 'time' })
    }
    expect(whole.summary).toMatchObject({ states: { accepted: 123, rejected: 52, unsigned: 0 }, exit: 1 })
  })

  test('has the verdict, reason and signer of a single verification for every object', () => {
    for (const [i, { oid }] of records.entries()) {
      const single = JSON.parse(run(['--json', oid], []).stdout) as Readonly<Record<string, unknown>>
      const found = whole.records[i]
      expect(found).toMatchObject({ verdict: single['verdict'], objectFormat: single['objectFormat'] })
      if (single['verdict'] === 'accepted')
        expect(found).toMatchObject({
          identity: single['identity'],
          issuer: single['issuer'],
          certificate: single['certificate'],
          log: single['log'],
          times: single['times'],
        })
      else expect(JSON.stringify(single)).toContain(JSON.stringify(found?.['why']))
    }
  }, 180_000)

  test('is the same with one thread, and with facts of an earlier run', () => {
    expect(documentOf(['--no-cache', '--jobs=1']).records).toEqual(whole.records)
    expect(documentOf([]).records).toEqual(whole.records)
    const again = documentOf([])
    expect(again.records).toEqual(whole.records)
    expect(again.summary).toMatchObject({ cached: 123 })
  })

  test('is the union of its shards, each of which saw the whole', () => {
    const parts = [1, 2, 3].map((index) => documentOf(['--no-cache', `--shard=${index}/3`]))
    const objects = parts.flatMap((part) => part.records.map(({ object }) => object))
    expect(objects.toSorted()).toEqual(records.map(({ oid }) => oid).toSorted())
    for (const part of parts) expect(part.summary['walk']).toEqual(whole.summary['walk'])
  })

  test('accepts those of a signer who is expected, with status 0, and no others', () => {
    const own = records.filter(({ identity }) => identity === 'billy@chainguard.dev').map(({ oid }) => oid)
    const expected = [
      '--certificate-identity=billy@chainguard.dev',
      '--certificate-oidc-issuer=https://accounts.google.com',
    ]
    const good = run(['--stdin', ...expected], own)
    expect(good.stdout).toContain(`${own.length} objects: ${own.length} allowed\n`)
    expect(good.status).toBe(0)
    const other = records.find(({ identity }) => identity === 'puerco@carabiner.dev')?.oid ?? ''
    const mixed = run(['--stdin', ...expected], [...own, other])
    expect(mixed.stdout).toContain(`refused   ${other}`)
    expect(mixed.status).toBe(1)
    expect(run(['--stdin'], own).status).toBe(2)
  })
})

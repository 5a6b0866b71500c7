import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { encodeArmor } from '../../src/cms/armor.ts'
import { encodeSignedData } from '../../src/cms/encode.ts'
import { composeGate, readHookConfiguration } from '../../src/compose/hook.ts'
import { signAttributes } from '../../src/sign/sign.ts'
import { logIn } from '../support/online.ts'
import { createOnlineHistory, type OnlineHistory } from '../support/online-history.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { testWorld } from '../support/world.ts'

const NOTES = 'refs/notes/gitsigil'
const EXPECTED = ['--certificate-identity=kim@example.com']
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8')) as object
const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false })
const isLine = ajv.addSchema(schemaOf('history')).compile({ $ref: 'urn:gitsigil:schema:history:1#/$defs/line' })
const isVerdict = ajv.compile(schemaOf('verify'))

let sandbox: TestSandbox
let history: OnlineHistory
beforeAll(async () => {
  sandbox = await startTestSandbox()
  history = await createOnlineHistory(sandbox, 12, (index) => index !== 5)
})
afterEach(() => {
  sandbox.setFaults([])
  history.repository.tryGit(['update-ref', '-d', NOTES])
  history.repository.tryGit(['config', '--unset', 'gitsigil.rekorMode'])
})
afterAll(() => sandbox.close())

const verify = (...args: readonly string[]) =>
  history.run('verify', ...EXPECTED, `--certificate-oidc-issuer=${sandbox.urls.issuer}`, ...args)
const HINT =
  'gitsigil: hint: gitsigil verify --online looks its log entry up, and gitsigil preserve keeps it in the repository\n'
const silent = () => sandbox.setFaults([{ service: 'rekor1', kind: '503' }])

interface Row {
  readonly type: string
  readonly object: string
  readonly verdict: string
  readonly why?: string
  readonly code?: string
  readonly log?: { readonly foundIn?: string }
}

async function rows(...args: readonly string[]) {
  const { exit, stdout } = await verify('--format=jsonl', ...args)
  const documents = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
  for (const document of documents) expect([isLine(document), isLine.errors]).toEqual([true, null])
  return { exit, records: documents.filter(({ type }) => type === 'record') }
}

const states = (records: readonly Row[]) => records.map(({ verdict, log }) => log?.foundIn ?? verdict)

describe('a range', () => {
  test('by itself asks no log and accepts nothing that lacks its entry', async () => {
    silent()
    const { exit, records } = await rows('main~3..main')
    expect([exit, states(records)]).toEqual([1, ['rejected', 'rejected', 'rejected']])
    expect(records[0]?.why).toContain('its entry is not at hand')
  })

  test.each([[['--jobs=1']], [['--jobs=2']]])(
    'with --online %j has each entry looked up, and names what was never logged',
    async (more) => {
      const { exit, records } = await rows('--online', '--history', ...more, 'main')
      expect(exit).toBe(1)
      const expected = history.commits.map(({ oid }, index) => [oid, index === 5 ? 'rejected' : 'log']).reverse()
      expect(records.map(({ object, verdict, log }) => [object, log?.foundIn ?? verdict])).toEqual(expected)
      expect(await rows('--online', 'main~3..main')).toMatchObject({ exit: 0 })
    },
  )

  test('is looked up where rekorMode says so', async () => {
    history.repository.git(['config', 'gitsigil.rekorMode', 'online'])
    const { exit, records } = await rows('main~2..main')
    expect([exit, states(records)]).toEqual([0, ['log', 'log']])
  })

  test('that was preserved verifies by its notes while the log is silent, and no longer once they are gone', async () => {
    expect((await history.run('preserve', 'main~4..main')).exit).toBe(0)
    silent()
    for (const online of [[], ['--online']]) {
      const { exit, records } = await rows(...online, 'main~4..main')
      expect([exit, states(records)]).toEqual([0, ['note', 'note', 'note', 'note']])
    }
    // Nothing of it was kept as if it had been inside.
    history.repository.git(['update-ref', '-d', NOTES])
    expect(states((await rows('main~4..main')).records)).toEqual(Array.from({ length: 4 }, () => 'rejected'))
  })

  test('of which a note is wrong passes over that with its reason, and over no other', async () => {
    expect((await history.run('preserve', 'main~2..main')).exit).toBe(0)
    const [one, two] = ['main', 'main^'].map((rev) => history.repository.git(['rev-parse', rev])) as [string, string]
    const wrong = history.repository.git(['notes', `--ref=${NOTES}`, 'show', two])
    history.repository.git(['notes', `--ref=${NOTES}`, 'add', '-f', '-m', wrong, one])
    const { exit, records } = await rows('main~2..main')
    expect([exit, states(records)]).toEqual([1, ['rejected', 'note']])
    history.repository.git(['notes', `--ref=${NOTES}`, 'add', '-f', '-m', 'not JSON', one])
    expect((await rows('main~2..main')).records[0]?.why).toContain(
      'a note is not used: refs/notes/gitsigil: line 1: bundle: not JSON',
    )
  })

  test('is a fault where the log does not answer, and the log is not asked for ever', async () => {
    silent()
    const { exit, records } = await rows('--online', '--first-parent', 'main')
    expect([exit, new Set(states(records))]).toEqual([3, new Set(['fault'])])
    expect(records.map(({ code }) => code).every((code) => code === 'log' || code === 'network')).toBe(true)
  }, 60_000)

  test('accepts nothing by proofs that are wrong', async () => {
    sandbox.setFaults([{ service: 'rekor1', kind: 'wrong-proof' }])
    const { exit, records } = await rows('--online', 'main~2..main')
    expect([exit, states(records)]).toEqual([1, ['rejected', 'rejected']])
  })

  test('takes a bound on the requests at once, and no nonsense', async () => {
    expect((await verify('--online', '--in-flight=1', 'main~2..main')).exit).toBe(0)
    expect(await verify('--online', '--in-flight=0', 'main~2..main')).toMatchObject({ exit: 2 })
  })
})

describe('--paranoid', () => {
  test.each(['note', 'log'])('is a usage fault where a %s is what decides', async (from) => {
    if (from === 'note') expect((await history.run('preserve', 'main^..main')).exit).toBe(0)
    const { exit, stderr } = await verify('--paranoid', ...(from === 'log' ? ['--online'] : []), 'main')
    expect(stderr).toContain('--paranoid has no say here: the second verifier sees only what is inside the signature')
    expect(stderr).not.toContain('disagree')
    expect(exit).toBe(2)
  })

  test('rejects with both where there is no evidence at all', async () => {
    const { exit, stderr } = await verify('--paranoid', 'main')
    expect(stderr).toContain('its entry is not at hand')
    expect(stderr).not.toContain('disagree')
    expect(exit).toBe(1)
  })
})

describe('explain', () => {
  const explain = (...args: readonly string[]) =>
    history.run('explain', ...EXPECTED, `--certificate-oidc-issuer=${sandbox.urls.issuer}`, ...args)

  test('says that a note is what decided, and which entry it holds', async () => {
    expect((await history.run('preserve', 'main^..main')).exit).toBe(0)
    silent()
    const { exit, stdout } = await explain('main')
    expect(stdout).toMatch(/\nlog: passed\n(?:.*\n)*? {2}found in +a note of the repository/)
    expect(stdout).toMatch(/ {2}entry +\d+, hashedrekord 0\.0\.1\n/)
    expect(exit).toBe(0)
  })

  test('asks the log only where that is wanted, and says so', async () => {
    expect((await explain('main')).exit).toBe(1)
    const { exit, stdout } = await explain('--online', 'main')
    expect([exit, stdout]).toEqual([0, expect.stringMatching(/ {2}found in +the log, which was asked/)])
  })
})

test.each([['verify'], ['explain']])('%s says last what looks an entry up', async (command) => {
  const { exit, stderr } = await history.run(command, 'main')
  expect([exit, stderr.split('gitsigil: hint: ').length]).toEqual([1, 2])
  expect(stderr.slice(-HINT.length)).toBe(HINT)
})

test('policy explain looks an entry up with --online, and else says that it can be', async () => {
  const policy = join(history.repository.path, 'policy.yaml')
  const kim = `{ issuer: ${sandbox.urls.issuer}, subject: kim@example.com }`
  const rule = '{ name: everything, kinds: commit, authorities: [kim] }'
  writeFileSync(policy, `version: 1\nidentities:\n  kim: ${kim}\nrules: [${rule}]\npolicy: { authorities: [kim] }\n`)
  const offline = await history.run('policy', 'explain', `--policy=${policy}`, 'main')
  expect(offline.stderr).toBe(HINT)
  expect(offline.exit).toBe(1)
  const online = await history.run('policy', 'explain', `--policy=${policy}`, '--online', 'main')
  expect(online.stdout).toContain('everything: allowed')
  expect([online.exit, online.stderr]).toEqual([0, ''])
})

test('a malformed header of an object makes it rejected, at the single door and in a range, and no fault', async () => {
  const { payload } = history.commits[0] ?? expect.fail('no commit')
  // Signed by the same key, and with no end of its header.
  const login = await logIn(sandbox)
  const head = Buffer.from(payload).subarray(0, Buffer.from(payload).indexOf('\n\n'))
  const signed = encodeArmor(encodeSignedData(signAttributes(head, login.leaf, login.key, Date.now())))
  const folded = Buffer.from(signed).toString().trimEnd().replaceAll('\n', '\n ')
  const lines = head.toString().split('\n')
  const bytes = Buffer.from([lines[0], `gpgsig ${folded}`, ...lines.slice(1)].join('\n'))
  const oid = history.repository.git(['hash-object', '-w', '--literally', '-t', 'commit', '--stdin'], bytes)
  const single = await verify('--online', oid)
  expect(single.stderr).toContain('signature not accepted (')
  expect(single.exit).toBe(1)
  const { exit, records } = await rows('--online', oid)
  expect([exit, states(records)]).toEqual([1, ['rejected']])
})

test('a hook takes notes for evidence and asks no log, whatever rekorMode says', async () => {
  const { repository } = history
  repository.git(['config', 'gitsigil.rekorMode', 'online'])
  expect((await history.run('preserve', 'main^..main')).exit).toBe(0)
  const configured = await readHookConfiguration(testWorld({ args: [], cwd: repository.path }))
  const gate = await composeGate(configured, {
    current: () => undefined,
    aliasOf: () => undefined,
    judgedFor: () => [],
  })
  const ids = repository.git(['rev-parse', 'main', 'main~2']).split('\n')
  const range = { commits: ids.slice(0, 1), excluded: ids.slice(1), objects: [], firstParent: false }
  const found: unknown[] = []
  const fetching = vi.spyOn(globalThis, 'fetch')
  for await (const { finding } of gate.look(range))
    found.push(finding.state === 'accepted' ? finding.facts.log.foundIn : finding.state)
  expect(found).toEqual(['note', 'rejected'])
  expect(fetching).not.toHaveBeenCalled()
  fetching.mockRestore()
})

test('the JSON document of one object says where its entry was found', async () => {
  const { exit, stdout } = await verify('--json', '--online', 'main')
  const document = JSON.parse(stdout)
  expect([isVerdict(document), isVerdict.errors]).toEqual([true, null])
  expect([exit, document.log.foundIn]).toEqual([0, 'log'])
})

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { CHECKS } from '../../src/verify/verdict.ts'
import { temporaryFolder } from '../support/folder.ts'
import { policyText } from '../support/policy.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const repository = createRepository()
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8')) as object
const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false })
const isExplanation = ajv.compile(schemaOf('explain'))
const isVerdict = ajv.compile(schemaOf('verify'))

const store = (vector: string, change = (text: string) => text) => {
  const text = readFileSync(`fixtures/vectors/${vector}/object`, 'latin1')
  return repository.store('commit', Buffer.from(change(text), 'latin1'))
}

async function explain(...args: readonly string[]) {
  const trusted = { GITSIGIL_TRUSTED_ROOT: resolve('fixtures/trusted-roots/all.json') }
  const world = testWorld({ args: ['explain', ...args], cwd: repository.path, env: { ...process.env, ...trusted } })
  const exit = await runCommand(world)
  return { exit, out: world.output(1), err: world.output(2) }
}

interface Explained {
  readonly check: string
  readonly outcome: string
  readonly wayOut?: string
  readonly details: readonly { readonly name: string; readonly value: string }[]
}

async function explainJson(...args: readonly string[]) {
  const { exit, out } = await explain('--json', ...args)
  const document = JSON.parse(out)
  expect([isExplanation(document), isExplanation.errors]).toEqual([true, null])
  expect([isVerdict(document.verdict), isVerdict.errors]).toEqual([true, null])
  expect(document.verdict.exit).toBe(exit)
  const explained = document.explanation as readonly Explained[]
  const details = (check: string) =>
    Object.fromEntries(
      explained.find((one) => one.check === check)?.details.map(({ name, value }) => [name, value]) ?? [],
    )
  return { exit, document, explained, details }
}

describe('a good signature', () => {
  test('is explained check by check: keys, times, authority, log, and the rule that decided', async () => {
    const allow = '--allow=https://accounts.example.com alice@example.com'
    const { exit, explained, details } = await explainJson(store('good-v1'), allow)
    expect(exit).toBe(0)
    expect(explained.map(({ check, outcome }) => [check, outcome])).toEqual(CHECKS.map((check) => [check, 'passed']))
    const digest = details('digest')
    expect(digest['computed']).toBe(`${digest['signed']} over 174 bytes`)
    expect(details('time')['proven']).toMatch(/^2026-06-01T12:00:\d\d\.000Z, by the log https:\/\//)
    expect(details('chain')['authority']).toBe('https://fulcio.vectors.example, trusted from 2026-01-01T00:00:00.000Z')
    expect(details('sct')['promised']).toContain(', by https://ctfe.vectors.example/2026 (')
    expect(details('log')).toMatchObject({ evidence: 'signed entry timestamp and inclusion proof' })
    const { out } = await explain(store('good-v1'), allow)
    expect(out).toContain('\njudgement: allowed\n  identity            alice@example.com (email)\n')
    expect(out).toContain('  rule                allow https://accounts.example.com alice@example.com\n')
  })

  test('of somebody whom nothing names says what to configure', async () => {
    const { exit, out } = await explain(store('good-v2'))
    expect(exit).toBe(2)
    expect(out).toContain('\njudgement: unknown\n')
    expect(out).toContain(
      '  way out             gitsigil.allow, a policy or the --certificate flags say who may sign\n',
    )
  })
})

describe('by a policy', () => {
  const policy = join(temporaryFolder('explain'), 'policy.yaml')
  const names = (rule: string) => writeFileSync(policy, policyText(`rules: [${rule}]`))

  test('the rule that decided is named with its line', async () => {
    names('{ name: all, authorities: [maintainers] }')
    const allowed = await explain(store('good-v1'), `--policy=${policy}`)
    expect(allowed.exit).toBe(0)
    expect(allowed.out).toContain('\njudgement: allowed\n')
    expect(allowed.out).toContain(`  rule                rule all: alice\n  policy              ${policy}:9\n`)
    names('{ name: all, authorities: [bob] }')
    const refused = await explain(store('good-v1'), `--policy=${policy}`)
    expect([refused.exit, refused.out]).toEqual([1, expect.stringContaining('\njudgement: refused\n')])
  })

  test('an object without an accepted signature is judged too', async () => {
    names('{ name: all, mode: warn, authorities: [bob] }')
    const unsigned = store('good-v1', (text) => text.replace(/gpgsig .*\n(?: .*\n)*/, ''))
    const { exit, out } = await explain(unsigned, `--policy=${policy}`)
    expect(exit).toBe(0)
    expect(out).toContain('\njudgement: refused, though nobody vouches for a signer\n')
    expect(out).toContain('  mode                the policy only warns\n')
    const { document } = await explainJson(unsigned, `--policy=${policy}`)
    expect(document.verdict.judgement).toMatchObject({ level: 'refused' })
  })
})

describe('while the policy at its ref is not authentic', () => {
  const rule = (by: string) => policyText(`rules: [{ name: all, authorities: [${by}] }]`)
  let root: string
  let changed: string
  beforeAll(() => {
    repository.git(['commit', '--quiet', '--no-gpg-sign', '--allow-empty', '-m', 'none yet'])
    root = commitPolicy(rule('maintainers'))
    changed = commitPolicy(rule('bob'))
    repository.git(['config', 'gitsigil.policyRoot', root])
  })
  afterAll(() => void repository.git(['config', '--unset', 'gitsigil.policyRoot']))

  function commitPolicy(text: string): string {
    mkdirSync(join(repository.path, '.gitsigil'), { recursive: true })
    writeFileSync(join(repository.path, '.gitsigil/policy.yaml'), text)
    repository.git(['add', '.gitsigil'])
    repository.git(['commit', '--quiet', '--no-gpg-sign', '-m', 'policy'])
    return repository.git(['rev-parse', 'HEAD'])
  }

  test('tells each check, the signer, the commit that is refused, which policy refuses it, and the way out', async () => {
    const { exit, out, err } = await explain(store('good-v1'))
    expect(exit).toBe(3)
    expect(out.match(/^(\w+): passed$/gm)).toHaveLength(CHECKS.length)
    const why =
      `the policy at refs/heads/main is not authentic: commit ${changed}: ` +
      `may not change the policy: no signature that was accepted, ` +
      `by .gitsigil/policy.yaml@${root.slice(0, 12)}:8`
    expect(out).toContain(`\njudgement: none: ${why}\n  identity            alice@example.com (email)\n`)
    expect(out).toMatch(
      /\n {2}way out {13}take that commit out of refs\/heads\/main .*gitsigil\.policyRoot name a commit/,
    )
    expect(out).not.toContain('judgement: unknown')
    expect(err).toContain(`gitsigil: error: ${why}\ngitsigil: hint: take that commit out`)
  })

  test('says so in JSON too: the verdict is a fault, and the checks stand beside it', async () => {
    const { exit, document, explained } = await explainJson(store('good-v1'))
    expect([exit, document.verdict.verdict, document.verdict.fault.code]).toEqual([3, 'fault', 'trust'])
    expect(explained.map(({ outcome }) => outcome)).toEqual(CHECKS.map(() => 'passed'))
  })

  test('a root that has no policy is told as such: nothing has to leave the ref', async () => {
    const [bare] = repository.git(['rev-list', '--max-parents=0', 'HEAD']).split('\n')
    repository.git(['config', 'gitsigil.policyRoot', bare ?? ''])
    const { exit, out, err } = await explain(store('good-v1'))
    repository.git(['config', 'gitsigil.policyRoot', root])
    const hint = 'gitsigil.policyRoot names a commit without a policy; name the one that brought it'
    expect([exit, err]).toEqual([
      3,
      expect.stringContaining(`commit ${bare}: there is no policy\ngitsigil: hint: ${hint}\n`),
    ])
    expect(out).toContain(`  way out             ${hint}\n`)
  })

  test('a commit that takes the change back does not help, the one before it does', async () => {
    commitPolicy(rule('maintainers'))
    expect((await explain(store('good-v1'))).exit).toBe(3)
    repository.git(['reset', '--quiet', '--hard', root])
    expect(await explain(store('good-v1'))).toMatchObject({
      exit: 0,
      out: expect.stringContaining('judgement: allowed'),
    })
  })

  test('an allowed identity has no say in its stead', async () => {
    repository.git(['reset', '--quiet', '--hard', changed])
    repository.git(['config', 'gitsigil.allow', 'https://accounts.example.com alice@example.com'])
    const ran = await explain(store('good-v1'))
    repository.git(['config', '--unset', 'gitsigil.allow'])
    expect(ran).toMatchObject({ exit: 3, out: expect.stringContaining('\njudgement: none: ') })
  })
})

describe('a signature that is not accepted', () => {
  test('is explained up to the check that failed, with what that stops and the way out, and no name', async () => {
    const oid = store('good-v1', (text) => text.replace(/\ncommitter /, '\ncommitter X'))
    const { exit, out } = await explain(oid)
    expect(exit).toBe(1)
    expect(out).toContain('digest: failed: the content is not what was signed\n')
    expect(out).toContain(
      '  stops               a good signature of one object put on another, or an object changed since\n',
    )
    expect(out).toContain('  way out             the object is not what was signed')
    expect(out).toContain('\nsignature: not reached\ntime: not reached\n')
    expect(out).not.toContain('alice@example.com')
  })

  test.each(CHECKS)('fails at %s in the explanation too, whatever the vector', async (check) => {
    const names = readdirSync('fixtures/vectors').filter(
      (name) => name.startsWith(`${check}-`) && !/-(tag|push)$/.test(name),
    )
    expect(names.length).toBeGreaterThan(0)
    for (const name of names.slice(0, 12)) {
      const text = readFileSync(`fixtures/vectors/${name}/object`, 'latin1')
      if (!text.startsWith('tree ')) continue
      const { document, explained } = await explainJson(store(name))
      // A vector may need another root or time to fail where it should; verdict and explanation agree in any case.
      const failed = explained.find(({ outcome }) => outcome === 'failed')
      const stated = document.verdict.checks.find(({ outcome }: Explained) => outcome === 'failed')
      expect([name, failed?.check]).toEqual([name, stated?.check])
      expect(failed === undefined || failed.wayOut !== undefined).toBe(true)
    }
  })

  test('is one where there is none, too', async () => {
    const { exit, out } = await explain(store('good-v1', (text) => text.replace(/gpgsig .*\n(?: .*\n)*/, '')))
    expect([exit, out]).toEqual([1, expect.stringContaining('format: failed: the commit is not signed\n')])
  })
})

test.each([[['nosuch']], [['--nosuch']], [['a..b']]])('a fault of --json %j is the one document', async (args) => {
  const { exit, out, err } = await explain('--json', ...args)
  const document = JSON.parse(out)
  expect([isVerdict(document), document.verdict, document.exit]).toEqual([true, 'fault', exit])
  expect(err).toContain(`gitsigil: error: ${document.fault.message}\n`)
})

test('a range is told apart from an object that is missing, with the command that takes one', async () => {
  const { exit, err } = await explain('main..topic')
  expect(exit).toBe(2)
  expect(err).toBe(
    'gitsigil: error: main..topic is a range, and this command takes one revision\n' +
      'gitsigil: hint: gitsigil verify --format=text main..topic tells of each object of it\n',
  )
})

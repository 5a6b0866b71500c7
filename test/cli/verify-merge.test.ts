// A merge that carries signed tags: a single verification judges them as a run over a history does, whatever judges.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { temporaryFolder } from '../support/folder.ts'
import { policyText } from '../support/policy.ts'
import { createRepository } from '../support/repository.ts'
import { violations } from '../support/schema.ts'
import { testWorld } from '../support/world.ts'

interface Verdict {
  readonly object: string
  readonly kind: string
  readonly verdict: string
  readonly within?: string
  readonly identity?: string | null
  readonly judgement?: { readonly level: string; readonly rule: string } | null
  readonly checks: readonly { readonly outcome: string; readonly check: string; readonly why?: string }[]
  readonly mergetags?: readonly Verdict[]
}

const schemaOf = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8'))
const repository = createRepository()
const ISSUER = 'https://accounts.example.com'
const flagsFor = (name: string) => [`--certificate-identity=${name}@example.com`, `--certificate-oidc-issuer=${ISSUER}`]
const policy = join(temporaryFolder('merge'), 'policy.yaml')
writeFileSync(policy, policyText('rules: [{ name: merges, kinds: commit, authorities: [alice] }]'))
const merges = readdirSync('fixtures/vectors')
  .filter((name) => name.startsWith('good-merge-'))
  .map((name) => [name, repository.store('commit', readFileSync(`fixtures/vectors/${name}/object`))] as const)
const changed = merges.find(([name]) => name === 'good-merge-of-changed-tag')?.[1] ?? ''
const signed = merges.find(([name]) => name === 'good-merge-of-signed-tag')?.[1] ?? ''

async function run(args: readonly string[], stdin = '') {
  const trusted = { GITSIGIL_TRUSTED_ROOT: resolve('fixtures/trusted-roots/all.json') }
  const world = testWorld({ args, cwd: repository.path, env: { ...process.env, ...trusted }, stdin })
  const exit = await runCommand(world)
  return { exit, out: world.output(1), err: world.output(2) }
}

/** What both forms of report say of a place, in the same words. */
function said({ object, kind, within, verdict, identity, judgement, checks }: Verdict, isExpected: boolean) {
  const failed = checks.find(({ outcome }) => outcome === 'failed')
  const level = isExpected ? judgement?.level : undefined
  return { object, kind, within, verdict, who: identity ?? undefined, level, check: failed?.check }
}

const judges: readonly (readonly [string, readonly string[]])[] = [
  ['nobody', []],
  ['an allowed identity', [`--allow=${ISSUER} alice@example.com`]],
  ['flags', flagsFor('alice')],
  ['flags that expect another', flagsFor('bob')],
  ['a policy with no rule for tags', [`--policy=${policy}`]],
]

test('there are merges of a good tag and of tags that are not', () => expect(merges.length).toBeGreaterThan(5))

describe.each(judges)('judged by %s', (_, flags) => {
  test.each(merges)('%s has the verdicts and the status of a run', async (_, oid) => {
    const range = await run(['verify', '--stdin', '--json', '--no-cache', ...flags], `${oid}\n`)
    const { records } = JSON.parse(range.out)
    const single = await run(['verify', '--json', ...flags, oid])
    const document: Verdict = JSON.parse(single.out)
    expect(violations(schemaOf('verify'), document)).toEqual([])
    const places = [document, ...(document.mergetags ?? [])].map((one) => said(one, flags.length > 0))
    expect(places.map(({ check: _check, ...one }) => one)).toMatchObject(
      records.map(({ object, kind, within, identity, judgement }: Verdict) => ({
        ...{ object, kind, within },
        who: identity,
        level: judgement?.level,
      })),
    )
    // `rejected` is all that a single verification says of what has no signature of ours.
    expect(places.map(({ verdict }) => verdict === 'accepted')).toEqual(
      records.map(({ verdict }: Verdict) => verdict === 'accepted'),
    )
    expect(single.exit).toBe(range.exit)
    expect((await run(['verify', ...flags, oid])).exit).toBe(range.exit)
  })
})

describe('a forged merged tag', () => {
  test('is rejected, named with the check, and no line on stdout says that the merge is good', async () => {
    const { exit, out, err } = await run(['verify', changed, ...flagsFor('alice')])
    expect([exit, out]).toEqual([1, ''])
    expect(err).toMatch(
      /^gitsigil: error: merged tag [0-9a-f]{40}: rejected: digest: the content is not what was signed$/m,
    )
  })

  test('is explained check by check beside the merge', async () => {
    const { exit, out } = await run(['explain', changed, ...flagsFor('alice')])
    expect(exit).toBe(1)
    const [own = '', tag = ''] = out.split(/^(?=mergetag )/m)
    expect(own).toContain('digest: passed\n')
    expect(tag).toMatch(new RegExp(`^mergetag [0-9a-f]{40}, which ${changed} carries, by the trust of instance `))
    expect(tag).toContain('digest: failed: the content is not what was signed\n')
    const json = await run(['explain', '--json', changed, ...flagsFor('alice')])
    const document = JSON.parse(json.out)
    expect(violations(schemaOf('explain'), document)).toEqual([])
    expect(document.mergetags).toMatchObject([{ object: document.verdict.mergetags[0].object }])
  })
})

test('a good one is told beside the merge, whose lines stand alone on stdout', async () => {
  const { exit, out, err } = await run(['verify', signed, ...flagsFor('alice')])
  expect([exit, out.match(/Good signature/g)]).toEqual([0, ['Good signature']])
  expect(err).toMatch(
    /^gitsigil: merged tag [0-9a-f]{40}: allowed: alice@example\.com \(https:\/\/accounts\.example\.com\)$/m,
  )
})

test('policy explain says what the rules are about the merged tag too', async () => {
  const { exit, out } = await run(['policy', 'explain', `--policy=${policy}`, signed])
  expect(exit).toBe(1)
  expect(out).toMatch(/^commit [0-9a-f]{40}\n {2}line 9: merges: allowed: alice\nallowed: /)
  expect(out).toMatch(new RegExp(`^mergetag [0-9a-f]{40} in ${signed}$`, 'm'))
})

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { violations } from '../support/schema.ts'
import { hasShared, readCorpus, readCorpusObject, readShared, sharedPath } from '../support/shared.ts'
import { testWorld } from '../support/world.ts'

const schema: unknown = JSON.parse(readFileSync(new URL('../../schema/verify.schema.json', import.meta.url), 'utf8'))
const BILLY = 'dc68e8ce155fe12ab8fd7c55de6ef336ce716ee8'
const AS_BILLY = [
  '--certificate-identity=billy@chainguard.dev',
  '--certificate-oidc-issuer=https://accounts.google.com',
]

interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

async function run(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
  name = 'gitsigil',
): Promise<Ran> {
  const trusted = { GITSIGIL_TRUSTED_ROOT: sharedPath('corpus/trusted_root.json') }
  const world = testWorld({ name, args, cwd, env: { ...process.env, ...trusted, ...env } })
  const exit = await runCommand(world)
  return { exit, stdout: world.output(1), stderr: world.output(2) }
}

async function runJson(cwd: string, args: readonly string[], env: Record<string, string> = {}) {
  const ran = await run(cwd, [...args, '--json'], env)
  const document = JSON.parse(ran.stdout)
  expect(violations(schema, document)).toEqual([])
  expect(document.exit).toBe(ran.exit)
  return { ...ran, document }
}

function corpusRepository(): Repository {
  const repository = createRepository()
  for (const record of readCorpus()) repository.store(record.type, readCorpusObject(record))
  return repository
}

describe.skipIf(!hasShared)('verify', () => {
  const repository = corpusRepository()
  const { path } = repository
  const lines = [
    'tlog index: 2345438208',
    'gitsigil: Signature made using certificate ID 0x62e380b1d5a603339f59d5de292d727462c200d0 | CN=sigstore-intermediate,O=sigstore.dev',
    'gitsigil: Good signature from [billy@chainguard.dev](https://accounts.google.com)',
    'Validated Git signature: true',
    'Validated Rekor entry: true',
    'Validated Certificate claims: true',
    '',
  ].join('\n')

  test("the expected signer: gitsign's lines on stdout, status 0", async () => {
    const { exit, stdout, stderr } = await run(path, ['verify', BILLY, ...AS_BILLY])
    expect(stdout).toBe(lines)
    expect(stderr).toBe('gitsigil: the committer is the signer\n')
    expect(exit).toBe(0)
  })

  test('with --paranoid the same, where the second verifier agrees', async () => {
    expect(await run(path, ['verify', '--paranoid', BILLY, ...AS_BILLY])).toMatchObject({ exit: 0, stdout: lines })
  })

  test('a misspelt key of the configuration is told', async () => {
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'gitsign.rekr', GIT_CONFIG_VALUE_0: 'x' }
    const { exit, stderr } = await run(path, ['verify', BILLY, ...AS_BILLY], env)
    expect(stderr).toContain('gitsigil: warning: git config gitsign.rekr is not an option and has no effect\n')
    expect(exit).toBe(0)
  })

  test('started as gitsign, the lines are its own', async () => {
    const { stdout } = await run(path, ['verify', BILLY, ...AS_BILLY], {}, 'gitsign')
    expect(stdout).toBe(lines.replaceAll('gitsigil:', 'gitsign:'))
  })

  test('another signer: status 1, nothing on stdout, and what differs', async () => {
    const { exit, stdout, stderr } = await run(path, [
      'verify',
      BILLY,
      AS_BILLY[1] ?? '',
      '--certificate-identity=eve@a.b',
    ])
    expect(stdout).toBe('')
    expect(stderr).toContain('gitsigil: refused: identity is billy@chainguard.dev, not eve@a.b\n')
    expect(exit).toBe(1)
  })

  test('regular expressions match the whole string', async () => {
    const flags = (regexp: string) => [
      `--certificate-identity-regexp=${regexp}`,
      '--certificate-oidc-issuer-regexp=https://.*',
    ]
    expect((await run(path, ['verify', BILLY, ...flags('.*@chainguard[.]dev')])).exit).toBe(0)
    const part = await run(path, ['verify', BILLY, ...flags('chainguard')])
    expect(part.exit).toBe(1)
    expect(part.stderr).toContain('to match a part of it write .*(?:chainguard).*')
  })

  test('nobody expected: status 2, the identity found and a command that can be run', async () => {
    const { exit, stdout, stderr } = await run(path, ['verify', BILLY])
    expect(stdout).toBe('')
    expect(stderr).toContain(
      'gitsigil: error: nobody said who should have signed; it was billy@chainguard.dev (https://accounts.google.com)\n',
    )
    const [, command = ''] = /if that is right: gitsigil (.*)\n/.exec(stderr) ?? []
    expect((await run(path, command.split(' '))).exit).toBe(0)
    expect(exit).toBe(2)
  })

  test('nobody expected: the command keeps the trust that was asked for', async () => {
    const env = { GITSIGIL_TRUSTED_ROOT: '' }
    const { stderr } = await run(
      path,
      ['verify', `--trusted-root=${sharedPath('corpus/trusted_root.json')}`, BILLY],
      env,
    )
    const [, command = ''] = /if that is right: gitsigil (.*)\n/.exec(stderr) ?? []
    expect(command).toContain(`verify --trusted-root=${sharedPath('corpus/trusted_root.json')} --certificate-identity=`)
    expect((await run(path, command.split(' '), env)).exit).toBe(0)
  })

  test('allowed identities of the configuration are enough', async () => {
    const env = { GITSIGIL_ALLOW: 'https://accounts.google.com billy@chainguard.dev' }
    expect((await run(path, ['verify', BILLY], env)).exit).toBe(0)
    const others = await run(path, ['verify', BILLY], { GITSIGIL_ALLOW: 'https://accounts.google.com eve@a.b' })
    expect(others.exit).toBe(1)
    expect(others.stderr).toContain('not trusted: the identity is not among the allowed ones')
  })

  test('the claims of a GitHub workflow are compared', async () => {
    const record = readCorpus().find((one) => one.issuer === 'https://token.actions.githubusercontent.com')
    if (record?.identity === undefined) throw new Error('none in the corpus')
    const flags = [`--certificate-identity=${record.identity}`, `--certificate-oidc-issuer=${record.issuer}`]
    const { document } = await runJson(path, ['verify', record.oid, ...flags])
    const repositoryClaim = document.claims.githubWorkflowRepository
    expect(repositoryClaim).toMatch(/^[\w.-]+\/[\w.-]+$/)
    const claim = (value: string) => [
      'verify',
      record.oid,
      ...flags,
      `--certificate-github-workflow-repository=${value}`,
    ]
    expect((await run(path, claim(repositoryClaim))).exit).toBe(0)
    const refused = await run(path, claim('evil/fork'))
    expect(refused.exit).toBe(1)
    expect(refused.stderr).toContain(`githubWorkflowRepository is ${repositoryClaim}, not evil/fork`)
  })

  test('verify takes a tag by its object id; verify-tag takes it by name, and refuses a commit', async () => {
    const tag = readCorpus().find((one) => one.type === 'tag' && one.gitsign === 'good')
    if (tag?.identity === undefined) throw new Error('none in the corpus')
    repository.git(['update-ref', 'refs/tags/v1', tag.oid])
    const flags = [`--certificate-identity=${tag.identity}`, `--certificate-oidc-issuer=${tag.issuer}`]
    expect((await run(path, ['verify', tag.oid, ...flags])).exit).toBe(0)
    const named = await run(path, ['verify-tag', 'v1', ...flags])
    expect(named.exit).toBe(0)
    expect(named.stdout).toContain(`tlog index: ${tag.logIndex}\n`)
    const commit = await run(path, ['verify-tag', BILLY, ...flags])
    expect(commit.exit).toBe(2)
    expect(commit.stderr).toContain(`${BILLY} names a commit, not a tag object`)
  })

  describe('one JSON document', () => {
    test('accepted', async () => {
      const { document, stderr } = await runJson(path, ['verify', BILLY, ...AS_BILLY])
      expect(document).toMatchObject({
        version: 1,
        object: BILLY,
        kind: 'commit',
        verdict: 'accepted',
        exit: 0,
        identity: 'billy@chainguard.dev',
        issuer: 'https://accounts.google.com',
        judgement: { level: 'allowed' },
        log: { url: 'https://rekor.sigstore.dev', index: '2345438208', kind: 'hashedrekord', version: '0.0.1' },
        times: [{ source: 'log', time: '2026-08-05T14:17:17.000Z' }],
        committer: { role: 'committer', email: 'billy@chainguard.dev', isSigner: true },
      })
      const passed = (check: string) => ({ check, outcome: 'passed' })
      expect(document.checks).toEqual(['format', 'digest', 'signature', 'time', 'chain', 'sct', 'log'].map(passed))
      expect(stderr).toBe('')
    })

    test('rejected: the check that failed, and those after it not reached', async () => {
      const bytes = Buffer.from(readShared(`corpus/objects/${BILLY}.commit`))
      const oid = repository.store(
        'commit',
        Buffer.from(bytes.toString('latin1').replace('Switch', 'switch'), 'latin1'),
      )
      const { document, exit } = await runJson(path, ['verify', oid, ...AS_BILLY])
      expect(exit).toBe(1)
      expect(document).toMatchObject({ verdict: 'rejected', identity: null, issuer: null, log: null, times: [] })
      expect(document.checks.map((one: { outcome: string }) => one.outcome)).toEqual([
        ...['passed', 'failed'],
        ...['not reached', 'not reached', 'not reached', 'not reached', 'not reached'],
      ])
      expect(JSON.stringify(document)).not.toContain('billy')
    })

    test('a check that was left out is skipped', async () => {
      const { document, stderr } = await runJson(path, ['verify', BILLY, ...AS_BILLY, '--insecure-ignore-sct'])
      expect(document.checks).toContainEqual({ check: 'sct', outcome: 'skipped' })
      expect(stderr).toBe('gitsigil: warning: the sct check was left out\n')
    })

    test('nobody expected', async () => {
      const { document, exit } = await runJson(path, ['verify', BILLY])
      expect(exit).toBe(2)
      expect(document).toMatchObject({ verdict: 'accepted', judgement: { level: 'unknown' } })
    })

    test.each([
      [['verify', 'nowhere'], 3, 'git'],
      [['verify', '--certificate-identity=a@b'], 2, 'usage'],
      [['verify', '--nonsense'], 2, 'usage'],
    ])('a fault: %j', async (args, wanted, code) => {
      const { document, exit, stderr } = await runJson(path, args)
      expect(exit).toBe(wanted)
      expect(document).toMatchObject({ verdict: 'fault', fault: { code } })
      expect(stderr).toContain(`gitsigil: error: ${document.fault.message}\n`)
    })

    test('the 175 objects of the corpus: as expected, and by the schema', { timeout: 120_000 }, async () => {
      for (const record of readCorpus()) {
        const { document } = await runJson(path, ['verify', record.oid])
        expect([record.oid, document.verdict]).toEqual([
          record.oid,
          record.gitsign === 'good' ? 'accepted' : 'rejected',
        ])
        if (record.gitsign !== 'good') continue
        expect(document).toMatchObject({ kind: record.type, identity: record.identity, issuer: record.issuer })
        expect(document.log.index).toBe(record.logIndex)
      }
    })
  })

  describe('rejected, with status 1', () => {
    test.each([
      [
        'an unsigned commit',
        (text: string) => text.replace(/\ngpgsig .*?END SIGNED MESSAGE-----\n( \n)?/s, '\n'),
        'is not signed',
      ],
      ['a PGP signature', (text: string) => text.replaceAll('SIGNED MESSAGE', 'PGP SIGNATURE'), 'signed with openpgp'],
      ['a second signature header', (text: string) => text.replace('\ngpgsig ', '\ngpgsig-x y\ngpgsig '), ''],
      ['two signatures', (text: string) => text.replace(/\n(gpgsig .*?END SIGNED MESSAGE-----\n)/s, '\n$1$1'), ''],
    ])('%s', async (_, change, why) => {
      const text = Buffer.from(readShared(`corpus/objects/${BILLY}.commit`)).toString('latin1')
      const oid = repository.store('commit', Buffer.from(change(text), 'latin1'))
      const { document, exit, stderr } = await runJson(path, ['verify', oid, ...AS_BILLY])
      expect(exit).toBe(1)
      expect(document.checks[0]).toMatchObject({ check: 'format', outcome: 'failed' })
      expect(stderr).toContain(`signature not accepted (format): `)
      expect(stderr).toContain(why)
    })
  })

  describe('any revision', () => {
    test('in a bare repository, a worktree and a clone with alternates', async () => {
      const bare = createRepository('--bare')
      bare.store('commit', readShared(`corpus/objects/${BILLY}.commit`))
      bare.git(['update-ref', 'refs/heads/main', BILLY])
      expect((await run(bare.path, ['verify', 'main', ...AS_BILLY])).exit).toBe(0)
      expect((await run(bare.path, ['verify', ...AS_BILLY])).exit).toBe(0)
      expect((await run(bare.path, ['verify', 'refs/heads/main', ...AS_BILLY])).exit).toBe(0)
      expect((await run(bare.path, ['verify', BILLY.slice(0, 8), ...AS_BILLY])).exit).toBe(0)

      repository.git(['commit', '--quiet', '--allow-empty', '-m', 'unsigned'])
      repository.git(['worktree', 'add', '--quiet', '--detach', `${path}/tree`])
      expect((await run(`${path}/tree`, ['verify', BILLY, ...AS_BILLY])).exit).toBe(0)

      const borrower = createRepository()
      borrower.git(['config', '--unset', 'gpg.format'])
      const alternates = `${borrower.path}/.git/objects/info/alternates`
      const { writeFileSync } = await import('node:fs')
      writeFileSync(alternates, `${path}/.git/objects\n`)
      expect((await run(borrower.path, ['verify', BILLY, ...AS_BILLY])).exit).toBe(0)
    })

    test('a replace ref is not followed: what the id names is what is verified', async () => {
      const fake = repository.store(
        'commit',
        Buffer.from(`tree ${'4b825dc642cb6eb9a060e54bf8d69288fbee4904'}\n\nfake\n`),
      )
      repository.git(['update-ref', `refs/replace/${BILLY}`, fake])
      expect((await run(path, ['verify', BILLY, ...AS_BILLY])).exit).toBe(0)
      repository.git(['update-ref', '-d', `refs/replace/${BILLY}`])
    })

    test('a missing object of a partial clone is a fault, and nothing is fetched', async () => {
      const source = createRepository()
      source.git(['config', 'uploadpack.allowFilter', 'true'])
      source.git(['config', 'uploadpack.allowAnySHA1InWant', 'true'])
      const blob = source.store('blob', Buffer.from('certificate version 0.1\n'))
      source.git(['update-index', '--add', '--cacheinfo', `100644,${blob},file`])
      source.git(['commit', '--quiet', '-m', 'one'])
      const clone = createRepository()
      clone.git(['remote', 'add', 'origin', `file://${source.path}`])
      clone.git(['fetch', '--quiet', '--filter=blob:none', 'origin', 'main'])
      const { exit, stderr } = await run(clone.path, ['verify', blob, ...AS_BILLY])
      expect(exit).toBe(3)
      expect(stderr).toContain('gitsigil: error: ')
      // Git fetches it where it may, so the test would notice.
      expect(clone.tryGit(['cat-file', '-t', blob]).stdout).toBe('blob\n')
    })

    test.each([
      ['', 2],
      ['HEAD\n', 2],
      ['no-such-branch', 3],
      ['HEAD^{tree}', 2],
      ['--', 2],
    ])('%j is a fault', async (rev, wanted) => {
      const { exit, stdout, stderr } = await run(path, ['verify', ...AS_BILLY, '--', rev])
      expect([exit, stdout]).toEqual([rev === '--' ? 3 : wanted, ''])
      expect(stderr).toMatch(/^gitsigil: error: [^\n]+\n(?:gitsigil: hint: [^\n]+\n)?$/)
    })
  })
})

test('what only we accept is rejected with --paranoid, at the check on which the verifiers differ', async () => {
  const repository = createRepository()
  const oid = repository.store('commit', readFileSync('fixtures/vectors/good-p384-sha384/object'))
  const trusted = { GITSIGIL_TRUSTED_ROOT: resolve('fixtures/trusted-roots/all.json') }
  const flags = ['--certificate-identity=alice@example.com', '--certificate-oidc-issuer=https://accounts.example.com']
  expect((await run(repository.path, ['verify', oid, ...flags], trusted)).exit).toBe(0)
  const { exit, stdout, stderr } = await run(repository.path, ['verify', '--paranoid', oid, ...flags], trusted)
  expect([exit, stdout]).toEqual([1, ''])
  expect(stderr).toContain('error: signature not accepted (signature): the verifiers disagree: @sigstore/verify says ')
})

describe('usage faults, status 2, never with the usage text', () => {
  test.each([
    [
      ['verify', '--certificate-identity=a@b'],
      '--certificate-oidc-issuer or --certificate-oidc-issuer-regexp is needed',
    ],
    [
      ['verify', '--certificate-oidc-issuer=https://a'],
      '--certificate-identity or --certificate-identity-regexp is needed',
    ],
    [
      ['verify', '--certificate-github-workflow-name=x'],
      '--certificate-identity or --certificate-identity-regexp is needed',
    ],
    [
      ['verify', '--certificate-identity=a', '--certificate-identity-regexp=b', '--certificate-oidc-issuer=c'],
      '--certificate-identity and --certificate-identity-regexp exclude each other',
    ],
    [
      ['verify', '--certificate-identity=', '--certificate-oidc-issuer=c'],
      '--certificate-identity or --certificate-identity-regexp is needed',
    ],
    [['verify', '--certificate-identty=a'], 'unknown flag "--certificate-identty"'],
    [['verify', '--certificate-chain=x'], 'unknown flag "--certificate-chain"'],
    [['verify', '--json', '--json'], '--json is given twice'],
    [['verify', 'one...two'], 'one...two: a symmetric difference is no range to verify'],
    [['verify', '--stdin', 'one'], '--stdin names every object itself: no revisions and no walk'],
    [['verify', '--since=yesterday'], '--since: not a date: yesterday'],
    [['verify', '--shard=3/2', 'HEAD'], '--shard: expected I/N with I from 1 to N, not 3/2'],
    [['verify', '--jobs=2', 'HEAD'], '--jobs is for a range, and one object is named'],
    [['verify', '--jobs=0', '--history'], '--jobs: a number from 1 to 64, not 0'],
    [['verify', '--all', '--paranoid'], '--paranoid asks about one object at a time'],
    [['verify-tag', '--all', 'v1'], 'unknown flag "--all"'],
    [['verify-tag'], 'expected one tag'],
    [['attest', '-f', 'x', '--objtype', 'tree', '--type', 'slsaprovenance'], 'attest is not supported yet'],
    [['constructor'], 'unknown command "constructor"'],
    [[], 'no command given'],
  ])('%j', async (args, message) => {
    const world = testWorld({ args })
    expect(await runCommand(world)).toBe(2)
    expect(world.output(2)).toMatch(/^gitsigil: error: [^\n]+\n(?:gitsigil: hint: [^\n]+\n)?$/)
    expect(world.output(2)).toContain(`gitsigil: error: ${message}\n`)
  })
})

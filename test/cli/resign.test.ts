import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { type Ask, resignCommand } from '../../src/cli/resign.ts'
import { Fault } from '../../src/errors.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { violations } from '../support/schema.ts'
import { testWorld } from '../support/world.ts'

const EMAIL = 'alice@example.com'
const folder = temporaryFolder('resign')
let sandbox: TestSandbox
let token: string

beforeAll(async () => {
  sandbox = await startTestSandbox()
  token = await sandbox.mintToken({ email: EMAIL, ttl: 600 })
  writeFileSync(join(folder, 'trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(join(folder, 'signing_config.json'), sandbox.signingConfig)
})
afterAll(() => sandbox.close())

/** Alice's repository, with a base that is out of every range. */
function create(...init: readonly string[]): Repository {
  const repository = createRepository(...init)
  repository.git(['config', 'gitsigil.trustedRoot', join(folder, 'trusted_root.json')])
  repository.git(['config', 'gitsigil.signingConfig', join(folder, 'signing_config.json')])
  repository.git(['config', 'commit.gpgsign', 'false'])
  repository.git(['commit', '--quiet', '--allow-empty', '-m', 'base'])
  repository.git(['tag', 'base'])
  return repository
}

function commit(repository: Repository, message: string, ...flags: readonly string[]): string {
  repository.git(['commit', '--quiet', '--allow-empty', '-m', message, ...flags])
  return repository.git(['rev-parse', 'HEAD'])
}

const ids = (repository: Repository, range: string) =>
  repository.git(['rev-list', '--reverse', '--topo-order', range]).split('\n')
const raw = (repository: Repository, oid: string) => repository.tryGit(['cat-file', 'commit', oid]).stdout
const unsignedRaw = (repository: Repository, oid: string) =>
  raw(repository, oid).replace(/gpgsig(?:-sha256)? .*\n(?: .*\n)*/, '')

async function resign(
  repository: Repository,
  args: readonly string[],
  ask: Ask = async () => undefined,
  as: string = token,
) {
  const env = { ...process.env, SIGSTORE_ID_TOKEN: as }
  const world = testWorld({ args: ['resign', ...args], cwd: repository.path, env })
  try {
    const status = await resignCommand(world, args, ask)
    return { status, out: world.output(1), err: world.output(2) }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return { status: thrown.code, out: world.output(1), err: `${thrown.message}; ${thrown.hint}` }
  }
}

async function verdicts(repository: Repository, range: string): Promise<readonly number[]> {
  const exits: number[] = []
  for (const oid of ids(repository, range)) {
    const env = { ...process.env, GITSIGIL_ALLOW: `${sandbox.urls.issuer} ${EMAIL}` }
    exits.push(await runCommand(testWorld({ args: ['verify', oid], cwd: repository.path, env })))
  }
  return exits
}

describe.each(['sha1', 'sha256'])('in a %s repository', (format) => {
  test('own commits are signed and keep every other byte; the branch moves, with a line in its reflog', async () => {
    const repository = create(`--object-format=${format}`)
    commit(repository, 'one', '--date=2001-02-03T04:05:06-0330')
    repository.git(['config', 'i18n.commitEncoding', 'ISO-8859-1'])
    repository.git(['commit', '--quiet', '--allow-empty', '-F', '-'], Buffer.from('tw\xf6', 'latin1'))
    const before = ids(repository, 'base..main')
    const { status, out } = await resign(repository, ['base..main', '--yes'])
    expect(status).toBe(0)
    const after = ids(repository, 'base..main')
    expect(await verdicts(repository, 'base..main')).toEqual([0, 0])
    const expected = before.map((oid, at) =>
      raw(repository, oid).replaceAll(before[0] ?? '', at === 0 ? '' : (after[0] ?? '')),
    )
    expect(after.map((oid) => unsignedRaw(repository, oid))).toEqual(expected)
    expect(out).toContain(`  sign     ${before[0]}  not signed: one\n`)
    expect(out).toContain(`${before[1]} -> ${after[1]}`)
    expect(out).toContain(`undo: git update-ref refs/heads/main ${before[1]} ${after[1]}\n`)
    expect(repository.git(['reflog', '-1', '--format=%gs', 'main'])).toBe('gitsigil resign base..main')
    expect(repository.git(['status', '--porcelain'])).toBe('')
  })
})

test('what is well signed stays, and what descends from a new commit is rewritten', async () => {
  const repository = create()
  commit(repository, 'one')
  await resign(repository, ['base..', '--yes'])
  const [good] = ids(repository, 'base..')
  commit(repository, 'two')
  const { out } = await resign(repository, ['base..', '--yes'])
  expect(out).toContain(`  keep     ${good}  well signed by alice@example.com: one\n`)
  expect(ids(repository, 'base..')[0]).toBe(good)
  const again = await resign(repository, ['base..', '--yes'])
  expect(again.out).toContain('nothing lacks a signature of yours\n')
  // An unsigned commit below signed ones: all above it follow.
  repository.git(['checkout', '--quiet', '-b', 'topic', 'base'])
  commit(repository, 'lowest')
  repository.git(['checkout', '--quiet', '-b', 'other', 'main'])
  repository.git(['merge', '--quiet', '--no-ff', '-m', 'both', 'topic'])
  const merged = await resign(repository, ['base..other', '--yes'])
  expect(merged.out.match(/^ {2}(?:sign|keep|rewrite) /gm)?.sort()).toEqual([
    '  keep ',
    '  keep ',
    '  sign ',
    '  sign ',
  ])
  expect(merged.out).toContain('  refs/heads/topic keeps the commits as they are now\n')
  expect(await verdicts(repository, 'base..other')).toEqual([0, 0, 0, 0])
})

test('a merge of a signed tag keeps the tag that it carries', async () => {
  const repository = create()
  repository.git(['checkout', '--quiet', '-b', 'side'])
  const side = commit(repository, 'side')
  const tag =
    `object ${side}\ntype commit\ntag v1\ntagger Sam <sam@example.com> 1 +0000\n\nv1\n` +
    `-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n`
  repository.git(['update-ref', 'refs/tags/v1', repository.store('tag', tag)])
  repository.git(['checkout', '--quiet', 'main'])
  commit(repository, 'main')
  repository.git(['merge', '--quiet', '--no-edit', 'v1'])
  const old = repository.git(['rev-parse', 'HEAD'])
  expect(raw(repository, old)).toContain('\nmergetag object ')
  const { status, out } = await resign(repository, ['base..main', '--yes'])
  expect(status).toBe(0)
  const mergetag = (text: string) => /\nmergetag .*\n(?: .*\n)*/.exec(text)?.[0]
  expect(mergetag(raw(repository, 'HEAD'))).toBe(mergetag(raw(repository, old)))
  expect(out).toContain('  refs/tags/v1 keeps the commits as they are now\n')
  // The merge itself is good; nobody vouches for Sam's tag in it.
  expect(await verdicts(repository, 'base..main')).toEqual([0, 0, 1])
})

describe("another's commit", () => {
  const sam = '--author=Sam <sam@example.com>'

  test('is never signed: below own ones it is left as it is', async () => {
    const repository = create()
    const theirs = commit(repository, 'theirs', sam)
    commit(repository, 'mine')
    const { status, out } = await resign(repository, ['base..main', '--yes'])
    expect(status).toBe(0)
    expect(out).toContain(
      `  leave    ${theirs}  not signed, by Sam <sam@example.com>, committed by Alice <${EMAIL}>: theirs\n`,
    )
    expect(ids(repository, 'base..main')[0]).toBe(theirs)
    expect(await verdicts(repository, 'base..main')).toEqual([1, 0])
  })

  test.each([
    ['author', [sam], {}],
    ['committer', [], { GIT_COMMITTER_EMAIL: 'sam@example.com', GIT_COMMITTER_NAME: 'Sam' }],
  ])('above own ones stops everything, where %s is another', async (_, flags, env) => {
    const repository = create()
    const mine = commit(repository, 'mine')
    const args = ['commit', '--quiet', '--allow-empty', '-m', 'theirs', ...flags]
    expect((await repository.run(args, env)).status).toBe(0)
    const theirs = repository.git(['rev-parse', 'HEAD'])
    const { status, err } = await resign(repository, ['base..main', '--yes', '--force'])
    expect(status).toBe('usage')
    expect(err).toContain(`${theirs} is by `)
    expect(err).toContain('Sam <sam@example.com>')
    expect(err).toContain(
      `descends from ${mine}, so it would have to be rewritten; only your own commits are signed anew`,
    )
    expect(repository.git(['rev-parse', 'main'])).toBe(theirs)
  })
})

test("another's good signature is not replaced, whatever names the commit has", async () => {
  const repository = create()
  const lowest = commit(repository, 'lowest')
  const bob = await sandbox.mintToken({ email: 'bob@example.com' })
  repository.git(['checkout', '--quiet', '-b', 'side', 'base'])
  commit(repository, 'by the machine')
  expect((await resign(repository, ['base..side', '--yes'], undefined, bob)).status).toBe(0)
  // A merge that Bob signed, of an unsigned commit.
  repository.git(['merge', '--quiet', '--no-ff', '-m', 'merge', lowest])
  expect((await resign(repository, ['main..side', '--yes'], undefined, bob)).status).toBe(0)
  const before = repository.git(['rev-parse', 'side'])
  const { status, err } = await resign(repository, ['base..side', '--yes'])
  expect([status, err]).toEqual(['usage', expect.stringContaining(`${before} was signed by bob@example.com (`)])
  expect(err).toContain('alice@example.com would sign in its place: nothing was changed')
  expect(repository.git(['rev-parse', 'side'])).toBe(before)
})

describe('nothing is changed', () => {
  async function refused(prepare: (repository: Repository) => void, args = ['base..main', '--yes'], ask?: Ask) {
    const repository = create()
    commit(repository, 'one')
    prepare(repository)
    const refs = repository.git(['for-each-ref'])
    const ran = await resign(repository, args, ask)
    expect(repository.git(['for-each-ref'])).toBe(refs)
    return ran
  }

  test('by --dry-run, which shows the plan', async () => {
    const { status, out } = await refused(() => undefined, ['base..main', '--dry-run'])
    expect([status, out]).toEqual([0, expect.stringContaining('  sign     ')])
  })

  test('where nobody answers, or not yes', async () => {
    expect((await refused(() => undefined, ['base..main'])).err).toContain('there is no terminal to ask on')
    const asked: string[] = []
    const answered = await refused(
      () => undefined,
      ['base..main'],
      async (question) => {
        asked.push(question)
        return 'n'
      },
    )
    expect([answered.status, asked]).toEqual([0, ['Sign this commit anew? [y/N] ']])
    expect(answered.out).toContain('nothing was changed\n')
  })

  test('where a remote branch has commits that would change, unless forced', async () => {
    const publish = (repository: Repository) =>
      repository.git(['update-ref', 'refs/remotes/origin/main', repository.git(['rev-parse', 'main'])])
    const { status, err } = await refused(publish)
    expect([status, err]).toEqual(['usage', expect.stringContaining('are published: refs/remotes/origin/main; ')])
    const repository = create()
    commit(repository, 'one')
    publish(repository)
    expect((await resign(repository, ['base..main', '--yes', '--force'])).status).toBe(0)
  })

  test('while a rebase or merge is under way', async () => {
    const merging = (repository: Repository) => {
      writeFileSync(join(repository.path, '.git', 'MERGE_HEAD'), `${repository.git(['rev-parse', 'main'])}\n`)
    }
    expect(await refused(merging)).toMatchObject({
      status: 'usage',
      err: expect.stringContaining('a merge is under way'),
    })
  })

  test.each([
    ['main', 'expected a range'],
    ['..main', 'expected a range'],
    ['base...main', 'expected a range'],
    ['-x..main', 'expected a range'],
    ['base..--all', 'expected a range'],
    ['nothing..main', 'no such commit: nothing'],
    ['base..tags/base', 'tags/base is not a branch'],
    ['base..main^', 'main^ is not a branch'],
  ])('for %s', async (range, why) => {
    const { status, err } = await refused(() => undefined, ['--yes', '--', range])
    expect([status, err]).toEqual(['usage', expect.stringContaining(why)])
  })

  test('where the branch moved meanwhile', async () => {
    const repository = create()
    commit(repository, 'one')
    const move: Ask = async () => {
      commit(repository, 'another')
      return 'yes'
    }
    const { status, err } = await resign(repository, ['base..main'], move)
    expect([status, err]).toEqual(['git', expect.stringContaining('refs/heads/main was not moved: ')])
    expect(repository.git(['log', '-1', '--format=%s', 'main'])).toBe('another')
  })
})

test('without a branch HEAD itself moves', async () => {
  const repository = create()
  commit(repository, 'one')
  repository.git(['checkout', '--quiet', '--detach'])
  const old = repository.git(['rev-parse', 'main'])
  const { status } = await resign(repository, ['base..', '--yes'])
  expect(status).toBe(0)
  expect(repository.git(['rev-parse', 'main'])).toBe(old)
  expect(await verdicts(repository, 'base..HEAD')).toEqual([0])
})

test('a header that nobody signed goes, and a tampered commit says why it was not accepted', async () => {
  const repository = create()
  commit(repository, 'one')
  await resign(repository, ['base..', '--yes'])
  const tampered = raw(repository, 'HEAD').replace('\n\none', '\n\nother')
  repository.git(['update-ref', 'refs/heads/main', repository.store('commit', tampered)])
  const { out } = await resign(repository, ['base..', '--yes'])
  expect(out).toContain('signature not accepted (digest: the content is not what was signed): other\n')
  expect(await verdicts(repository, 'base..')).toEqual([0])
})

describe('--json', () => {
  const schema: unknown = JSON.parse(readFileSync(new URL('../../schema/resign.schema.json', import.meta.url), 'utf8'))

  test('gives the plan alone, and then what was done, by the schema', async () => {
    const repository = create()
    const [one, two] = [commit(repository, 'one'), commit(repository, 'two')]
    const planned = await resign(repository, ['base..main', '--json', '--dry-run'])
    const plan = JSON.parse(planned.out)
    expect(violations(schema, plan)).toEqual([])
    expect(plan).toMatchObject({ ref: 'refs/heads/main', before: two, after: null, signers: [] })
    expect(plan.steps).toMatchObject([
      { object: one, action: 'sign', why: 'not signed', after: null },
      { object: two, action: 'sign', after: null },
    ])
    const done = await resign(repository, ['base..main', '--json', '--yes'])
    const document = JSON.parse(done.out)
    expect([violations(schema, document), done.err]).toEqual([[], ''])
    const after = ids(repository, 'base..main')
    expect(document.steps.map((step: { readonly after: string }) => step.after)).toEqual(after)
    expect(document).toMatchObject({ after: after[1], signers: [`${EMAIL} (${sandbox.urls.issuer})`] })
  })

  test('asks nobody, and a fault is a document', async () => {
    const repository = create()
    const { status, out } = await resign(repository, ['base..main', '--json'])
    expect([status, JSON.parse(out)]).toMatchObject([2, { verdict: 'fault', fault: { code: 'usage' } }])
  })
})

describe('notes on what is signed anew', () => {
  const noteOf = (repository: Repository, ref: string, oid: string) =>
    repository.tryGit(['notes', `--ref=${ref}`, 'show', oid]).stdout.trim()

  test('are carried over where notes.rewriteRef says so, but for evidence about the old id', async () => {
    const repository = create()
    const old = commit(repository, 'one')
    for (const ref of ['commits', 'review', 'gitsigil'])
      repository.git(['notes', `--ref=${ref}`, 'add', '-m', ref, old])
    repository.git(['config', 'notes.rewriteRef', 'refs/notes/*'])
    const { status, out, err } = await resign(repository, ['base..main', '--yes'])
    expect([status, err]).toEqual([0, ''])
    const fresh = repository.git(['rev-parse', 'main'])
    expect(['commits', 'review', 'gitsigil'].map((ref) => noteOf(repository, ref, fresh))).toEqual([
      'commits',
      'review',
      '',
    ])
    expect(out).toContain('notes of refs/notes/review were carried over\n')
  })

  test('stay where it says nothing, or a rebase carries none, and that is told', async () => {
    const repository = create()
    const old = commit(repository, 'one')
    repository.git(['notes', 'add', '-m', 'mine', old])
    const { err } = await resign(repository, ['base..main', '--yes'])
    expect(err).toContain('hint: refs/notes/commits has notes on the old commits: notes.rewriteRef says')
    expect(noteOf(repository, 'commits', 'main')).toBe('')
    repository.git(['reset', '--quiet', '--hard', old])
    repository.git(['config', 'notes.rewriteRef', 'refs/notes/commits'])
    repository.git(['config', 'notes.rewrite.rebase', 'false'])
    expect((await resign(repository, ['base..main', '--yes'])).err).toContain('hint: refs/notes/commits has notes')
  })
})

describe('the hook post-rewrite', () => {
  function hooked(...lines: readonly string[]): Repository {
    const repository = create()
    const path = join(repository.path, '.git', 'hooks', 'post-rewrite')
    writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 })
    return repository
  }

  test('is told of each new commit as at the end of a rebase, when branch and notes are in place', async () => {
    const repository = hooked('echo "$@"', 'cat', 'git notes show main')
    repository.git(['config', 'notes.rewriteRef', 'refs/notes/*'])
    commit(repository, 'one')
    const two = commit(repository, 'two')
    repository.git(['notes', 'add', '-m', 'mine', two])
    const before = ids(repository, 'base..main')
    const { status, err } = await resign(repository, ['base..main', '--yes'])
    const after = ids(repository, 'base..main')
    const pairs = before.map((oid, at) => `${oid} ${after[at]}\n`).join('')
    expect([status, err]).toEqual([0, `rebase\n${pairs}mine\n`])
  })

  test('undoes nothing where it fails: that is told, and nothing that it prints reaches the terminal as it is', async () => {
    const repository = hooked("printf '\\033[2Jno\\n'", 'exit 9')
    commit(repository, 'one')
    const { status, out, err } = await resign(repository, ['base..main', '--yes'])
    expect(status).toBe(0)
    expect(err).toBe('\\u{1b}[2Jno\ngitsigil: warning: the hook post-rewrite failed (9); what was signed stays\n')
    expect(out).toContain('1 signed by alice@example.com')
    expect(await verdicts(repository, 'base..main')).toEqual([0])
  })

  test('that says more than anybody reads keeps nobody from hearing what was done', async () => {
    const repository = hooked('echo done >&2', 'exit 9')
    commit(repository, 'one')
    const args = ['resign', 'base..main', '--yes']
    const env = { ...process.env, SIGSTORE_ID_TOKEN: token }
    const world = testWorld({ args, cwd: repository.path, env, unread: [2] })
    expect(await runCommand(world)).toBe(141)
    expect(world.output(1)).toContain('undo: git update-ref refs/heads/main ')
    expect(await verdicts(repository, 'base..main')).toEqual([0])
  })

  test('that cannot be run is told, and undoes nothing', async () => {
    const repository = hooked('')
    writeFileSync(join(repository.path, '.git', 'hooks', 'post-rewrite'), '#!/no/such/program\n')
    commit(repository, 'one')
    const { status, err } = await resign(repository, ['base..main', '--yes'])
    expect([status, err]).toEqual([0, expect.stringContaining('the hook post-rewrite')])
    expect(await verdicts(repository, 'base..main')).toEqual([0])
  })
})

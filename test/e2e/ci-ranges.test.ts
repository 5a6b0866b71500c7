// Which range of history a CI system has verified for each event: never less than what the event brought. The GitHub Action,
// GitLab's example and the one for any system, in a real clone of a real server; `gitsigil` only says what it was asked for.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { openRepository, type Repository, runProgram } from '../support/repository.ts'
import { initRepository } from '../support/repository-with-sandbox.ts'
import { type Action, readYaml, runAction } from '../support/runner.ts'

const top = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')
const action = readYaml<Action>(join(top, 'action.yml'))
const pipeline = readYaml<{ readonly gitsigil: { readonly script: readonly string[] } }>(
  join(top, 'examples/gitlab/.gitlab-ci.yml'),
)
const folder = temporaryFolder('ranges')
const ZERO = '0'.repeat(40)
/** An id that is nowhere. */
const GONE = 'ab'.repeat(20)

// What the Action finds beside itself; the other examples find it on their PATH.
const bin = join(folder, 'dist', 'standalone')
mkdirSync(bin, { recursive: true })
mkdirSync(join(folder, 'scripts'))
writeFileSync(join(folder, 'scripts', 'build'), '#!/bin/sh\n', { mode: 0o755 })
writeFileSync(join(bin, 'gitsigil'), '#!/bin/sh\necho "asked: $*"\n', { mode: 0o755 })
symlinkSync(join(top, 'examples'), join(folder, 'examples'))
symlinkSync(join(top, 'examples', 'generic', 'verify.sh'), join(bin, 'verify.sh'))

// On the server: main at one, two; topic at `forced`, was at `lost`, which no ref has any more.
const author = initRepository(folder, 'author')
const make = (message: string) => {
  author.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', message])
  return author.git(['rev-parse', 'HEAD'])
}
const [one, two] = [make('one'), make('two')]
author.git(['checkout', '--quiet', '-b', 'topic', one])
const lost = make('lost')
author.git(['reset', '--quiet', '--hard', one])
const [first, forced] = [make('first'), make('forced')]
author.git(['tag', '--no-sign', '-m', 'one', 'v1'])
author.git(['update-ref', 'refs/heads/lost', lost])
const server = join(folder, 'server.git')
author.git(['clone', '--quiet', '--bare', author.path, server])
author.git(['-C', server, 'symbolic-ref', 'HEAD', 'refs/heads/main'])
author.git(['-C', server, 'update-ref', '-d', 'refs/heads/lost'])

let count = 0
/** As a forge's runner makes it: a server gives what a ref has. */
function clone(...flags: readonly string[]): Repository {
  const path = join(folder, `clone-${++count}`)
  author.git(['clone', '--quiet', '--no-checkout', ...flags, `file://${server}`, path])
  return openRepository(path)
}

interface Asked {
  readonly status: number | null
  /** The last words that gitsigil was called with; undefined where it was not called. */
  readonly asked: string | undefined
  readonly said: string
}

function askedOf({ status, stdout, stderr }: Awaited<ReturnType<typeof runProgram>>): Asked {
  return {
    status,
    asked: /^asked: verify .*?((?:--history |--all$|-- ).*|--all)$/m.exec(stdout)?.[1],
    said: stdout + stderr,
  }
}

async function generic(at: Repository, ...args: readonly string[]): Promise<Asked> {
  const env = { PATH: `${bin}:${process.env['PATH']}` }
  return askedOf(await runProgram([join(bin, 'verify.sh'), ...args], { cwd: at.path, env }))
}

async function gitlab(at: Repository, variables: Readonly<Record<string, string>>): Promise<Asked> {
  const env = { PATH: `${bin}:${process.env['PATH']}`, CI_DEFAULT_BRANCH: 'main', ...variables }
  return askedOf(await runProgram(['sh', '-ec', pipeline.gitsigil.script.join('\n')], { cwd: at.path, env }))
}

async function github(at: Repository, ref: string, sha: string, event: object, range = ''): Promise<Asked> {
  const context = { github: { ref, sha, event: { repository: { default_branch: 'main' }, ...event } } }
  const job = { cwd: at.path, folder: join(folder, `job-${++count}`), env: { GITHUB_ACTION_PATH: folder }, context }
  return askedOf(await runAction(action, { mode: 'verify', range }, job))
}

const whole = clone()
const between = (start: string, end: string) => ({ status: 0, asked: `-- ${start}..${end}` })
const all = (end: string) => ({ status: 0, asked: `--history ${end}` })

describe('any CI system', () => {
  test('a push is what lies between, and that is said', async () => {
    const told = `verify.sh: verifies what ${two} has and ${one} had not\n`
    expect(await generic(whole, one, two)).toEqual({ ...between(one, two), said: expect.stringContaining(told) })
  })

  test('a state before that only a force push took away is fetched by its id', async () => {
    const here = clone()
    expect(here.tryGit(['cat-file', '-e', lost]).status).not.toBe(0)
    expect(await generic(here, lost, forced, 'refs/remotes/origin/main')).toMatchObject(between(lost, forced))
    expect(here.git(['rev-list', `${lost}..${forced}`]).split('\n')).toEqual([forced, first])
  })

  test('where it cannot be had, what the default branch has not, else everything, and why is said', async () => {
    const beyond = await generic(whole, GONE, forced, 'refs/remotes/origin/main')
    expect(beyond).toMatchObject(between(two, forced))
    const why = `verify.sh: ${GONE} is not here and could not be fetched: `
    expect(beyond.said).toContain(`${why}verifies what ${forced} has and refs/remotes/origin/main has not\n`)
    for (const main of [[], [''], ['refs/remotes/origin/none']]) {
      const everything = await generic(whole, GONE, forced, ...main)
      expect(everything).toMatchObject(all(forced))
      expect(everything.said).toContain(`${why}verifies all that ${forced} has\n`)
    }
  })

  test.each([ZERO, '0'.repeat(64), ''])(
    'a new branch (%j) is what the default branch has not, else everything',
    async (before) => {
      expect(await generic(whole, before, forced, 'refs/remotes/origin/main')).toMatchObject(between(two, forced))
      expect(await generic(whole, before, two, '')).toMatchObject(all(two))
    },
  )

  test('a shallow clone gets what is below it where the state before lies there', async () => {
    const shallow = clone('--depth=1')
    expect(await generic(shallow, one, two)).toMatchObject(between(one, two))
    expect(shallow.git(['rev-list', `${one}..${two}`])).toBe(two)
    expect(shallow.git(['rev-parse', '--is-shallow-repository'])).toBe('false')
  })

  test('a commit that the clone lacks is fetched, as one of a fork is', async () => {
    const here = clone('--single-branch', '--branch=main', '--no-tags')
    expect(await generic(here, one, lost)).toMatchObject(between(one, lost))
    expect(here.tryGit(['cat-file', '-e', lost]).status).toBe(0)
  })

  test('what was deleted brings nothing, and what is not said is no success', async () => {
    expect(await generic(whole, two, ZERO)).toMatchObject({ status: 0, asked: undefined })
    expect(await generic(whole, two, '')).toMatchObject({ status: 2, asked: undefined })
    expect(await generic(whole, two, '--help')).toMatchObject({ status: 2, asked: undefined })
    expect(await generic(whole, two)).toMatchObject({ status: expect.not.toBeOneOf([0]), asked: undefined })
  })

  test.each([
    ['a few zeros', two, '0'],
    ['zeros of no length of an id', two, '0'.repeat(41)],
    ['a short id', one, two.slice(0, 12)],
    ['a branch', one, 'topic'],
    ['the full name of a branch', one, 'refs/heads/topic'],
    ['a range of tags', one, 'refs/tags/v1..v1'],
    ['a name as the state before', 'main', two],
    ['a short id as the state before', one.slice(0, 12), two],
    ['a few zeros as the state before', '0', two],
    ['a short name of the default branch', ZERO, forced, 'origin/main'],
  ])('%s is refused', async (_, ...args) => {
    expect(await generic(whole, ...args)).toMatchObject({ status: 2, asked: undefined })
  })

  test("a tag that is called as the default branch takes nothing from what is verified, nor does one by a state's id", async () => {
    const here = clone()
    for (const name of ['origin/main', 'refs/remotes/origin/main', 'refs/remotes/origin/none', one])
      here.git(['update-ref', `refs/tags/${name}`, forced])
    expect(await generic(here, ZERO, forced, 'refs/remotes/origin/main')).toMatchObject(between(two, forced))
    expect(await generic(here, ZERO, forced, 'refs/remotes/origin/none')).toMatchObject(all(forced))
    expect(await generic(here, one, forced)).toMatchObject(between(one, forced))
  })
})

describe('GitLab', () => {
  const branch = (name: string, before: string, after: string) => ({
    CI_COMMIT_BRANCH: name,
    CI_COMMIT_BEFORE_SHA: before,
    CI_COMMIT_SHA: after,
  })
  const request = { CI_COMMIT_BEFORE_SHA: ZERO, CI_MERGE_REQUEST_DIFF_BASE_SHA: one }

  test.each([
    ['a push', branch('main', one, two), between(one, two)],
    ['a force push', branch('topic', lost, forced), between(lost, forced)],
    ['a force push whose past is gone', branch('topic', GONE, forced), between(two, forced)],
    ['a force push to the default branch whose past is gone', branch('main', GONE, two), all(two)],
    ['a new branch', branch('topic', ZERO, forced), between(two, forced)],
    ['a new default branch, a schedule, a run by hand', branch('main', ZERO, two), all(two)],
    ['a merge request', { ...request, CI_COMMIT_SHA: forced }, between(one, forced)],
    [
      'a merge that is tried out',
      { ...request, CI_COMMIT_SHA: GONE, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: forced },
      between(one, forced),
    ],
    ['a tag', { CI_COMMIT_TAG: 'v1', CI_COMMIT_BEFORE_SHA: ZERO, CI_COMMIT_SHA: forced }, between(two, 'refs/tags/v1')],
  ])('%s', async (_, variables, expected) => {
    expect(await gitlab(clone(), variables)).toMatchObject(expected)
  })

  test('a new branch where a tag is called as the default branch', async () => {
    const here = clone()
    here.git(['update-ref', 'refs/tags/origin/main', forced])
    expect(await gitlab(here, branch('topic', ZERO, forced))).toMatchObject(between(two, forced))
  })

  test('a push in a shallow clone', async () => {
    expect(await gitlab(clone('--depth=1'), branch('main', one, two))).toMatchObject(between(one, two))
  })
})

describe('the GitHub Action', () => {
  const pull = { pull_request: { base: { sha: one }, head: { sha: forced } }, before: first, after: forced }
  const group = { merge_group: { base_sha: one, head_sha: forced } }

  test.each([
    ['a push', 'refs/heads/main', two, { before: one, after: two }, between(one, two)],
    ['a force push', 'refs/heads/topic', forced, { before: lost, after: forced }, between(lost, forced)],
    ['a force push whose past is gone', 'refs/heads/topic', forced, { before: GONE }, between(two, forced)],
    ['a force push to the default branch whose past is gone', 'refs/heads/main', two, { before: GONE }, all(two)],
    ['a new branch', 'refs/heads/topic', forced, { before: ZERO, after: forced }, between(two, forced)],
    ['a new default branch', 'refs/heads/main', two, { before: ZERO, after: two }, all(two)],
    ['a tag', 'refs/tags/v1', forced, { before: ZERO }, between(two, 'refs/tags/v1')],
    ['a pull request', 'refs/pull/1/merge', GONE, pull, between(one, forced)],
    ['a merge queue', 'refs/heads/gh-readonly-queue/main/pr-1', forced, group, between(one, forced)],
    ['a run by hand on a branch', 'refs/heads/topic', forced, { inputs: null }, between(two, forced)],
    ['a schedule', 'refs/heads/main', two, { schedule: '0 0 * * *' }, { status: 0, asked: '--all' }],
  ])('%s', async (_, ref, sha, event, expected) => {
    expect(await github(clone(), ref, sha, event)).toMatchObject(expected)
  })

  test('what was deleted brings nothing, in a shallow clone too; a range that is given is verified all the same', async () => {
    const deleted = { before: forced, after: ZERO, deleted: true }
    const none = await github(clone('--depth=1'), 'refs/heads/main', two, deleted)
    expect(none).toEqual({ status: 0, asked: undefined, said: expect.stringContaining('what was deleted') })
    const given = await github(clone(), 'refs/heads/main', two, deleted, `${one}..${two}`)
    expect(given).toMatchObject(between(one, two))
  })

  test('a tag that moved is compared with what it named', async () => {
    const here = clone()
    const id = here.git(['rev-parse', 'refs/tags/v1'])
    expect(await github(here, 'refs/tags/v1', forced, { before: id })).toMatchObject(between(forced, 'refs/tags/v1'))
  })
})

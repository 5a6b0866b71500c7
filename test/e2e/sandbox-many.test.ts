// Many commits: two hundred signed again by a rebase, a thousand shown by `git log`.
import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { objectId } from '../../src/git/id.ts'
import { joinCommit } from '../../src/git/object.ts'
import { parseToken } from '../../src/oidc/token.ts'
import { createRekorClient } from '../../src/rekor/client.ts'
import { type Ports, signPayload } from '../../src/sign/sign.ts'
import { createHttp } from '../../src/system/http.ts'
import { builds, installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { Repository } from '../support/repository.ts'
import { allow, configure, createOnSandbox } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const TIMEOUT = 300_000
const BRANCH = 50
/** How many of the history's branches each kind of build is asked about: a Node takes three times as long to start. */
const SHOWN = { node24: 5, node22: 0, standalone: 20 }
const fastest = builds.at(-1)
if (fastest === undefined) throw new Error('no build to test')

const folder = temporaryFolder('many')
let sandbox: SandboxProcess
beforeAll(async () => {
  sandbox = await startSandboxProcess(fastest, `${folder}/sandbox`)
})
afterAll(() => sandbox.stop())

test('a rebase signs 200 commits again, and each is good', { timeout: TIMEOUT }, async () => {
  const repository = await createOnSandbox(folder, 'rebase', { program: installed(fastest), sandbox })
  allow(repository, sandbox)
  repository.git(['fast-import', '--quiet'], unsignedHistory(200))
  repository.git(['reset', '--quiet', '--hard'])
  const rebase = ['rebase', '--quiet', '--root', '--force-rebase', '--exec', 'true', '-S']
  const { status, stderr } = await repository.run(rebase)
  expect(stderr).not.toContain('error')
  expect(status).toBe(0)
  expect((await letters(repository, 'main')).join('')).toBe('G'.repeat(200))
  expect(repository.git(['ls-tree', '--name-only', 'main']).split('\n')).toHaveLength(200)
})

describe('a history of 1,000 signed commits', () => {
  let repository: Repository
  beforeAll(async () => {
    repository = await createOnSandbox(folder, 'thousand', { program: 'unused', sandbox })
    allow(repository, sandbox)
    repository.git(['mktree'], '')
    const ports = await portsTo(sandbox)
    const branches = Array.from({ length: SHOWN.standalone }, (_, index) => signBranch(ports, index, BRANCH))
    const commits = (await Promise.all(branches)).map((branch) => branch.map((bytes) => storeLater(repository, bytes)))
    const paths = commits.flat().map(({ path }) => path)
    const stored = repository.git(['hash-object', '-w', '-t', 'commit', '--stdin-paths'], `${paths.join('\n')}\n`)
    expect(stored.split('\n')).toEqual(commits.flat().map(({ id }) => id))
    const refs = commits.map((branch, index) => `create refs/heads/branch-${index} ${branch.at(-1)?.id}\n`)
    repository.git(['update-ref', '--stdin'], refs.join(''))
  }, TIMEOUT)

  test.each(kinds)('git log shows each as good, $name', { timeout: TIMEOUT }, async (build) => {
    configure(repository, { 'gpg.x509.program': installed(build) })
    const branches = Array.from({ length: SHOWN[build.name] }, (_, index) => `branch-${index}`)
    expect((await letters(repository, ...branches)).join('')).toBe('G'.repeat(SHOWN[build.name] * BRANCH))
  })
})

async function letters(repository: Repository, ...revs: readonly string[]): Promise<readonly string[]> {
  const { status, stdout, stderr } = await repository.run(['log', '--format=%G?', ...revs])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.trimEnd().split('\n')
}

/** For fast-import: every commit adds a file. */
function unsignedHistory(count: number): string {
  const commits = Array.from({ length: count }, (_, index) => {
    const person = `Kim <kim@example.com> ${1_700_000_000 + index} +0000`
    return `commit refs/heads/main\ncommitter ${person}\ndata 4\nmake\nM 644 inline file-${index}\ndata 1\nx\n`
  })
  return commits.join('')
}

/** The clients that gitsigil signs with: as a child for each commit, the making would take longer than what is tested. */
async function portsTo({ urls, ask }: SandboxProcess): Promise<Ports> {
  const http = createHttp({ userAgent: 'gitsigil/test', budget: TIMEOUT })
  const token = parseToken(await ask('token', '--email=kim@example.com'), 'the test')
  return {
    identity: { token: async () => token },
    ca: createFulcioClient({ http, url: urls.fulcio, now: Date.now }),
    log: createRekorClient({ http, url: urls.rekor1, version: 1, logs: [] }),
    clock: { now: Date.now },
  }
}

/** A chain of signed commits, each the parent of the next. */
async function signBranch(ports: Ports, branch: number, count: number): Promise<readonly Uint8Array[]> {
  const commits: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const parent = commits.at(-1)
    const payload = payloadOf(parent && objectId('commit', parent, 'sha1'), `commit ${index} of branch ${branch}`)
    const { armored } = await signPayload(payload, ports)
    commits.push(joinCommit(payload, armored, 'sha1'))
  }
  return commits
}

function payloadOf(parent: string | undefined, message: string): Uint8Array {
  const tree = objectId('tree', new Uint8Array(), 'sha1')
  const person = 'Kim <kim@example.com> 1700000000 +0000'
  const parents = parent === undefined ? '' : `parent ${parent}\n`
  return Buffer.from(`tree ${tree}\n${parents}author ${person}\ncommitter ${person}\n\n${message}\n`)
}

function storeLater({ path: top }: Repository, bytes: Uint8Array): { readonly id: string; readonly path: string } {
  const path = `${top}/.git/new-${hash('sha256', bytes)}`
  writeFileSync(path, bytes)
  return { id: objectId('commit', bytes, 'sha1'), path }
}

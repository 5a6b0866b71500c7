// gitsign itself, where there is one on PATH: it verifies our v1 commits, and we verify what it signs, v1 and v2.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinCommit, splitCommit } from '../../src/git/object.ts'
import { environmentText, type RekorVersion } from '../../src/sandbox/environment.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifySignature } from '../../src/verify/verify.ts'
import { createRepository, type Repository, type Run, runProgram } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { EMAIL, signOn } from './signed.ts'

const folders = (process.env['PATH'] ?? '').split(delimiter)
const gitsign = folders.map((folder) => join(folder, 'gitsign')).find((path) => existsSync(path))
if (gitsign === undefined) console.warn('skipped: there is no gitsign on PATH')

const AUTHOR = `Kim <${EMAIL}> 1700000000 +0000`
const COMMIT = Buffer.from(
  `tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor ${AUTHOR}\ncommitter ${AUTHOR}\n\none\n`,
)

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

/** What `gitsigil sandbox env --format gitsign` prints, and a home of its own. Temporary folders need no quotes. */
function environmentOf(rekor: RekorVersion): Readonly<Record<string, string>> {
  const state = { path: (...names: readonly string[]) => join(sandbox.directory, ...names) }
  const text = environmentText('gitsign', rekor, sandbox, state)
  const settings = [...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value])
  return { ...Object.fromEntries(settings), HOME: sandbox.directory }
}

function createWithGitsign(): Repository {
  const repository = createRepository()
  repository.git(['config', 'gpg.x509.program', gitsign ?? 'gitsign'])
  return repository
}

describe.skipIf(gitsign === undefined)('a commit signed by us with Rekor v1', () => {
  const storeSigned = async (repository: Repository): Promise<string> => {
    const { armored } = await signOn(sandbox, { version: 1, withTimestamp: false }, COMMIT)
    return repository.store('commit', joinCommit(COMMIT, armored, 'sha1'))
  }

  test('is verified by gitsign behind git verify-commit', async () => {
    const repository = createWithGitsign()
    const run = await repository.run(['verify-commit', await storeSigned(repository)], environmentOf('1'))
    expect(run.stderr).toContain(`Good signature from [${EMAIL}](${sandbox.urls.issuer})`)
    expect(run.stderr).toContain('Validated Rekor entry: true')
    expect(run.status).toBe(0)
  })

  test('is verified by gitsign verify, which refuses it to another identity', async () => {
    const repository = createWithGitsign()
    const oid = await storeSigned(repository)
    const verify = (email: string): Promise<Run> => {
      const flags = [`--certificate-identity=${email}`, `--certificate-oidc-issuer=${sandbox.urls.issuer}`]
      const command = [gitsign ?? 'gitsign', 'verify', ...flags, oid]
      return runProgram(command, { cwd: repository.path, env: environmentOf('1') })
    }
    expect(await verify(EMAIL)).toMatchObject({ status: 0 })
    expect((await verify('eve@example.com')).status).not.toBe(0)
  })
})

describe.skipIf(gitsign === undefined).each(['1', '2'] as const)(
  'a commit signed by gitsign with Rekor v%s',
  (rekor) => {
    test('is verified by us', async () => {
      const repository = createWithGitsign()
      const env = { ...environmentOf(rekor), SIGSTORE_ID_TOKEN: await sandbox.mintToken({ email: EMAIL }) }
      const run = await repository.run(['commit', '--quiet', '--allow-empty', '-S', '-m', 'one'], env)
      if (run.status !== 0) throw new Error(run.stderr)
      const commit = await repository.run(['cat-file', 'commit', 'HEAD'])
      const { payload, signature } = splitCommit(Buffer.from(commit.stdout), 'sha1')
      const trust = parseTrustedRoot(sandbox.trustedRoot)
      const verdict = verifySignature(payload, signature ?? new Uint8Array(), { trust, now: Date.now() })
      if (!verdict.ok) throw new Error(`${verdict.rejection.check}: ${verdict.rejection.why}`)
      expect(verdict.signer.identity).toMatchObject({ subject: EMAIL, issuer: sandbox.urls.issuer })
      expect(verdict.entry.version).toBe(`0.0.${rekor}`)
    })
  },
)

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeCheckpoint, encodeNote, parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { proposalV1, requestV2, signArtifact } from '../sandbox/signed.ts'
import { temporaryFolder } from '../support/folder.ts'
import { logText } from '../support/online.ts'
import { createOnlineHistory, type OnlineHistory } from '../support/online-history.ts'
import { newKey, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const state = temporaryFolder('state')
let sandbox: TestSandbox
let history: OnlineHistory
beforeAll(async () => {
  process.env['XDG_STATE_HOME'] = state
  sandbox = await startTestSandbox()
  history = await createOnlineHistory(sandbox, 3)
})
afterAll(() => {
  delete process.env['XDG_STATE_HOME']
  return sandbox.close()
})

const last = () => {
  const commit = history.commits.at(-1)
  if (commit === undefined) throw new Error('no commit')
  return commit
}

async function found(...args: readonly string[]) {
  const { stdout } = await history.run('log', 'search', '--json', ...args)
  return JSON.parse(stdout).entries
}

describe('Rekor v1 is searched', () => {
  test('by object, hash, address, identity and certificate', async () => {
    const certificate = join(state, 'leaf.pem')
    writeFileSync(certificate, encodePem('CERTIFICATE', last().leaf.bytes))
    const [entry] = await found('--object=main')
    expect(entry).toMatchObject({
      kind: 'hashedrekord',
      claimed: { subject: 'kim@example.com', issuer: sandbox.urls.issuer },
    })
    const { hash } = { hash: entry.hashes[0] }
    expect(await found(`--hash=${hash}`)).toEqual([expect.objectContaining({ uuid: entry.uuid })])
    expect((await found('--email=kim@example.com')).length).toBeGreaterThanOrEqual(3)
    expect((await found(`--identity=${sandbox.urls.issuer} kim@example.com`)).length).toBeGreaterThanOrEqual(3)
    expect((await found(`--certificate=${certificate}`)).length).toBeGreaterThanOrEqual(3)
    expect(await found('--email=kim@example.com', '--issuer=https://elsewhere.example')).toEqual([])
    expect((await found('--email=kim@example.com', '--limit=2')).length).toBe(2)
  })

  test('is said to have stopped where --limit ended it', async () => {
    const { stderr } = await history.run('log', 'search', '--email=kim@example.com', '--limit=1')
    expect(stderr).toMatch(/^gitsigil: http\S+: stopped at 1 \(--limit\): more may be there$/m)
    expect((await history.run('log', 'search', '--email=kim@example.com')).stderr).toBe('')
  })

  test('and so does its document, which names the log', async () => {
    const search = async (...args: readonly string[]) =>
      JSON.parse((await history.run('log', 'search', '--json', '--email=kim@example.com', ...args)).stdout)
    const whole = await search()
    expect([whole.incomplete, (await search('--limit=1')).incomplete]).toEqual([[], [whole.entries[0].log]])
  })

  test('with nothing found: status 1, and said', async () => {
    const { exit, stdout, stderr } = await history.run('log', 'search', `--hash=${'ab'.repeat(32)}`)
    expect([exit, stdout, stderr]).toEqual([1, '', 'gitsigil: nothing was found\n'])
  })

  test.each([
    [['--subject=https://example.com/workflow'], 'the index of Rekor v1 knows'],
    [[], 'nothing to search for'],
    [['--hash=xyz'], 'not a hash'],
    [['--identity=kim'], 'ISSUER SUBJECT'],
    [['--email=kim@example.com', '--limit=x'], 'not a number'],
  ])('%j is a usage fault', async (args, why) => {
    const { exit, stderr } = await history.run('log', 'search', ...args)
    expect(exit).toBe(2)
    expect(stderr).toContain(why)
  })
})

test('an entry is fetched and verified by index and by UUID, as text and as JSON', async () => {
  const [entry] = await found('--object=main')
  for (const name of [entry.index, entry.uuid]) {
    const got = await history.run('log', 'get', name)
    expect(got.stdout).toContain(`index      ${entry.index} of ${sandbox.urls.rekor1}\n`)
    expect(got.stdout).toContain(`claims     kim@example.com (${sandbox.urls.issuer})\n`)
    const verified = await history.run('log', 'verify', '--json', name)
    expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true, why: null, uuid: entry.uuid })
    expect([verified.exit, verified.stderr]).toEqual([0, 'gitsigil: the log holds it\n'])
    const proof = await history.run('log', 'proof', '--json', name)
    expect(JSON.parse(proof.stdout)).toMatchObject({ uuid: entry.uuid, root: expect.stringMatching(/^[0-9a-f]{64}$/) })
  }
})

test('an entry whose proof is wrong is not verified', async () => {
  const [entry] = await found('--object=main')
  sandbox.setFaults([{ service: 'rekor1', kind: 'wrong-proof' }])
  const { exit, stderr } = await history.run('log', 'verify', entry.index)
  sandbox.setFaults([])
  expect(exit).toBe(1)
  expect(stderr).toContain('error: the inclusion proof')
})

test.each([['get'], ['verify'], ['proof']])('log %s of what is not there is a fault', async (action) => {
  const { exit, stderr } = await history.run('log', action, '5')
  expect(exit).toBe(3)
  expect(stderr).toContain('no log has 5')
  expect((await history.run('log', action, 'x')).exit).toBe(2)
})

describe('Rekor v2 is read from its tiles', () => {
  const key = newKey()
  const artifacts = Array.from({ length: 5 }, (_, i) => signArtifact(Buffer.from(`artifact ${i}`), key))
  beforeAll(async () => {
    for (const one of artifacts)
      await fetch(`${sandbox.urls.rekor2}/api/v2/log/entries`, { method: 'POST', body: JSON.stringify(requestV2(one)) })
  })
  const url = () => `--url=${sandbox.urls.rekor2}`

  test('and searched by hash and certificate, within bounds', async () => {
    const hash = `sha256:${Buffer.from(artifacts[3]?.digest ?? '').toString('hex')}`
    expect(await found(url(), `--hash=${hash}`)).toMatchObject([{ index: '3', version: '0.0.2', integratedTime: null }])
    expect(await found(url(), `--hash=${hash}`, '--to=3')).toEqual([])
    expect(await found(url(), `--hash=${hash}`, '--from=3')).toHaveLength(1)
    const certificate = join(state, 'v2.pem')
    writeFileSync(certificate, encodePem('CERTIFICATE', artifacts[1]?.certificate.bytes ?? new Uint8Array()))
    expect(await found(url(), `--certificate=${certificate}`)).toMatchObject([{ index: '1' }])
  })

  test('with entries that verify in the checkpoint', async () => {
    const { exit, stdout } = await history.run('log', 'verify', '--json', url(), '4')
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, index: '4' })
    expect(exit).toBe(0)
    expect((await history.run('log', 'get', url(), '5')).exit).toBe(3)
  })
})

describe('log info', () => {
  const notes = () => readdirSync(join(state, 'gitsigil', 'logs')).filter((name) => name.endsWith('.note'))

  async function grow() {
    const [login] = history.commits
    if (login !== undefined) await logText(sandbox, login, `text ${Math.random()}`)
    const one = signArtifact(Buffer.from(`artifact ${Math.random()}`), newKey())
    await fetch(`${sandbox.urls.rekor1}/api/v1/log/entries`, { method: 'POST', body: JSON.stringify(proposalV1(one)) })
    await fetch(`${sandbox.urls.rekor2}/api/v2/log/entries`, { method: 'POST', body: JSON.stringify(requestV2(one)) })
  }

  test.each([['rekor1'], ['rekor2']] as const)('remembers %s, and proves that it only grew', async (service) => {
    const url = `--url=${sandbox.urls[service]}`
    const first = await history.run('log', 'info', url)
    expect(first.stdout).toContain('remembered nothing: this is remembered from now on\n')
    await grow()
    const second = await history.run('log', 'info', url)
    expect(second.stdout).toMatch(/remembered size \d+, and it goes on from there\n/)
    expect(second.exit).toBe(0)
    const third = JSON.parse((await history.run('log', 'info', '--json', url)).stdout)
    expect(third.logs).toMatchObject([{ consistent: true }])
  })

  test.each<[string, (size: bigint) => bigint, boolean, string]>([
    ['another root', (size) => size, true, 'the tree has two roots for one size'],
    ['more than there is', (size) => size + 9n, false, 'the tree has become smaller'],
    ['an earlier tree that is not its beginning', (size) => size - 2n, true, ''],
  ])('refuses a log where it remembers %s, each time, and keeps the evidence', async (_, sizeOf, isOther, why) => {
    for (const service of ['rekor1', 'rekor2'] as const)
      expect((await history.run('log', 'info', `--url=${sandbox.urls[service]}`)).exit).toBe(0)
    for (const name of notes()) {
      const path = join(state, 'gitsigil', 'logs', name)
      const before = readFileSync(path, 'utf8')
      const note = parseCheckpoint(before)
      const rootHash = isOther ? new Uint8Array(32).fill(7) : note.rootHash
      const body = encodeCheckpoint({ ...note, size: sizeOf(note.size), rootHash })
      const forged = encodeNote(body, note.signatures)
      writeFileSync(path, forged)
      const service = note.origin.includes(' - ') ? 'rekor1' : 'rekor2'
      for (let again = 0; again < 2; again++) {
        const { exit, stderr } = await history.run('log', 'info', `--url=${sandbox.urls[service]}`)
        expect(exit).toBe(1)
        expect(stderr).toContain('shows another past than before: ')
        expect(stderr).toContain(why)
        const [, evidence = ''] = /both checkpoints are kept in (\S+)\n/.exec(stderr) ?? []
        expect(JSON.parse(readFileSync(evidence, 'utf8'))).toMatchObject({ earlier: forged })
        expect(readFileSync(path, 'utf8')).toBe(forged)
      }
      writeFileSync(path, before)
    }
    expect(notes().length).toBe(2)
  })

  test('of a log that nobody vouches for is a fault', async () => {
    const { exit, stderr } = await history.run('log', 'info', '--url=https://log.example')
    expect(exit).toBe(3)
    expect(stderr).toContain('knows no log https://log.example')
  })
})

describe('log proof of sizes', () => {
  test.each(['rekor1', 'rekor2'] as const)(
    'proves that %s only grew, from each size to each',
    async (service) => {
      const url = `--url=${sandbox.urls[service]}`
      const { logs } = JSON.parse((await history.run('log', 'info', '--json', url)).stdout)
      const size = Number(logs[0].size)
      const roots = new Map<string, string>()
      for (let from = 1; from <= size; from++)
        for (const to of new Set([from, Math.min(size, from + 2), size])) {
          const { exit, stdout } = await history.run('log', 'proof', '--json', url, `--from=${from}`, `--to=${to}`)
          const proof = JSON.parse(stdout)
          expect([exit, proof.from.size, proof.to.size]).toEqual([0, String(from), String(to)])
          for (const tree of [proof.from, proof.to]) {
            expect(roots.get(tree.size) ?? tree.root).toBe(tree.root)
            roots.set(tree.size, tree.root)
          }
        }
      expect(roots.get(String(size))).toBe(logs[0].root)
      const text = await history.run('log', 'proof', url, '--from=1')
      expect(text.stdout).toMatch(/^size 1, root [0-9a-f]{64}\nsize \d+, root [0-9a-f]{64}\n(?:[0-9a-f]{64}\n)+$/)
    },
    60_000,
  )

  test('is refused where there are no such trees', async () => {
    const url = `--url=${sandbox.urls.rekor1}`
    expect(await history.run('log', 'proof', url, '--from=1', '--to=999')).toMatchObject({ exit: 3, stdout: '' })
    for (const args of [['--from=0'], ['--to=2'], ['--from=3', '--to=2'], ['--from=1', '7']])
      expect((await history.run('log', 'proof', url, ...args)).exit).toBe(2)
  })

  test('is refused where the log proves wrongly', async () => {
    const url = `--url=${sandbox.urls.rekor1}`
    sandbox.setFaults([{ service: 'rekor1', kind: 'wrong-proof' }])
    const { exit, stderr } = await history.run('log', 'proof', url, '--from=3')
    sandbox.setFaults([])
    expect(exit).not.toBe(0)
    expect(stderr).toContain('error: ')
  })
})

test.each([[[]], [['nothing']], [['info', 'x']], [['search', 'x']], [['get']]])(
  'log %j is a usage fault',
  async (args) => {
    expect((await history.run('log', ...args)).exit).toBe(2)
  },
)

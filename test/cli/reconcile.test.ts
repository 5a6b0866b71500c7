import { hash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPorts } from '../../src/clients.ts'
import { encodeArmor } from '../../src/cms/armor.ts'
import { encodeSignedData } from '../../src/cms/encode.ts'
import { rebuildObject } from '../../src/git/logged-id.ts'
import { encodeCheckpoint, encodeNote, parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { encodeLogEntry } from '../../src/rekor/entry.ts'
import { signAttributes, signPayload } from '../../src/sign/sign.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { temporaryFolder } from '../support/folder.ts'
import { logIn, logText } from '../support/online.ts'
import { createOnlineHistory, type OnlineHistory } from '../support/online-history.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { violations } from '../support/schema.ts'

const schema: unknown = JSON.parse(readFileSync('schema/reconcile.schema.json', 'utf8'))
const faultSchema: unknown = JSON.parse(readFileSync('schema/verify.schema.json', 'utf8'))
const NOTES = 'refs/notes/gitsigil'
let sandbox: TestSandbox
let history: OnlineHistory
/** Signed with the entry inside, on v1 and v2 in turn. */
let embedded: readonly string[]
let cache: string
beforeAll(async () => {
  process.env['XDG_STATE_HOME'] = temporaryFolder('state')
  sandbox = await startTestSandbox()
  history = await createOnlineHistory(sandbox, 2)
  // Where one log is named, no other is asked to search.
  history.repository.git(['config', '--unset', 'gitsigil.rekor'])
  embedded = await signEmbedded(6)
}, 60_000)
beforeEach(() => {
  cache = temporaryFolder('cache')
  process.env['XDG_CACHE_HOME'] = cache
})
afterEach(() => {
  sandbox.setFaults([])
  vi.restoreAllMocks()
  history.repository.tryGit(['update-ref', '-d', NOTES])
})
afterAll(() => {
  delete process.env['XDG_STATE_HOME']
  delete process.env['XDG_CACHE_HOME']
  return sandbox.close()
})

async function signEmbedded(count: number): Promise<readonly string[]> {
  const { repository } = history
  const { fulcio, rekor1, rekor2, tsa } = sandbox.urls
  const trust = parseTrustedRoot(sandbox.trustedRoot)
  const token = await sandbox.mintToken({ email: 'kim@example.com' })
  const common = { fulcio, trust, token: () => token, timestamp: `${tsa}/api/v1/timestamp` }
  const ports = [
    createPorts({ ...common, rekor: rekor1, rekorVersion: 1 }),
    createPorts({ ...common, rekor: rekor2, rekorVersion: 2 }),
  ] as const
  const tree = repository.git(['mktree'], '')
  const oids: string[] = []
  for (let index = 0; index < count; index++) {
    const parent = oids.at(-1)
    const person = `Kim <kim@example.com> ${1_700_000_000 + index} +0000`
    const head = `tree ${tree}\n${parent === undefined ? '' : `parent ${parent}\n`}`
    const payload = Buffer.from(`${head}author ${person}\ncommitter ${person}\n\nembedded ${index}\n`)
    const { armored } = await signPayload(payload, index % 2 === 0 ? ports[0] : ports[1])
    oids.push(repository.store('commit', rebuildObject(payload, armored)?.bytes ?? new Uint8Array()))
  }
  repository.git(['update-ref', 'refs/heads/embedded', oids.at(-1) ?? ''])
  return oids
}

interface Line {
  readonly type: string
  readonly object: string
  readonly state: string
  readonly why?: string
  readonly isKept?: boolean
}

async function lines(...args: readonly string[]) {
  const { exit, stdout, stderr } = await history.run('reconcile', '--format=jsonl', ...args)
  const all = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  for (const line of all) expect(violations(schema, line)).toEqual([])
  const entries = all.filter(({ type }) => type === 'entry')
  // Progress is shown where it takes longer than a moment.
  return {
    exit,
    stderr: stderr.replace(/\r[^\r\n]*/g, ''),
    entries,
    states: entries.map(({ state }) => state),
    summary: all.at(-1),
  }
}

/** Requests that reach a log while `work` is done, by their paths. */
async function requestsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const fetching = vi.spyOn(globalThis, 'fetch')
  await work()
  const asked = fetching.mock.calls.map(([url]) => new URL(String(url)).pathname)
  fetching.mockRestore()
  return asked
}

test('every entry is found in its log, v1 and v2, in order, as of heads that are remembered', async () => {
  const { exit, entries, summary, stderr } = await lines('embedded')
  expect(entries.map(({ object, state }) => [object, state])).toEqual(
    [...embedded].reverse().map((oid) => [oid, 'held']),
  )
  expect([exit, stderr]).toEqual([0, ''])
  expect(summary).toMatchObject({
    exit: 0,
    held: 6,
    kept: 0,
    absent: 0,
    logs: [{ consistent: null }, { consistent: null }],
  })
  const text = await history.run('reconcile', '--no-cache', 'embedded')
  expect(text.stdout).toMatch(
    /^6 of 6 signatures have their entry in the log \(0 by an earlier run\); 0 not in it, 0 not accepted, 0 not checked;/,
  )
  expect(text.stdout).toMatch(/ root [0-9a-f]{64}, which goes on from size \d+\n/)
  const document = JSON.parse((await history.run('reconcile', '--json', 'embedded~2..embedded')).stdout)
  expect(violations(schema, document)).toEqual([])
  expect(violations(schema, { ...document, summary: { ...document.summary, more: 1 } })).not.toEqual([])
  expect(document).toMatchObject({ version: 1, entries: [{ state: 'held' }, { state: 'held' }], summary: { exit: 0 } })
})

test('what was found once is not asked for again: one proof that the log only grew is enough', async () => {
  const first = await requestsOf(() => lines('embedded'))
  const [login] = history.commits
  if (login !== undefined) await logText(sandbox, login, `text ${Math.random()}`)
  let kept: Awaited<ReturnType<typeof lines>> | undefined
  const second = await requestsOf(async () => (kept = await lines('embedded')))
  expect(kept?.entries.every(({ isKept }) => isKept === true)).toBe(true)
  expect([kept?.exit, kept?.summary]).toEqual([0, expect.objectContaining({ held: 6, kept: 6 })])
  expect(first.some((path) => path.endsWith('/retrieve'))).toBe(true)
  expect(second.filter((path) => path.endsWith('/retrieve'))).toEqual([])
  expect((await lines('--no-cache', 'embedded')).summary).toMatchObject({ held: 6, kept: 0 })
})

test('an entry that no object or note holds is not looked for without --online; with it, it is found and shown', async () => {
  const offline = await lines('main')
  expect([offline.exit, offline.states]).toEqual([1, ['rejected', 'rejected']])
  expect(offline.stderr).toContain('not accepted: time: ')
  expect(await lines('--online', 'main')).toMatchObject({ exit: 0, states: ['held', 'held'] })
  history.repository.git(['config', 'gitsigil.rekor', sandbox.urls.rekor1])
  expect((await history.run('preserve', 'main')).exit).toBe(0)
  history.repository.git(['config', '--unset', 'gitsigil.rekor'])
  expect(await lines('main')).toMatchObject({ exit: 0, states: ['held', 'held'] })
})

describe('an entry with the promise of the log alone', () => {
  let oid: string
  beforeAll(async () => {
    const { fulcio, rekor1 } = sandbox.urls
    const trust = parseTrustedRoot(sandbox.trustedRoot)
    const login = await logIn(sandbox)
    const person = 'Kim <kim@example.com> 1700000000 +0000'
    const tree = history.repository.git(['mktree'], '')
    const payload = Buffer.from(`tree ${tree}\nauthor ${person}\ncommitter ${person}\n\npromised\n`)
    const signed = signAttributes(payload, login.leaf, login.key, Date.now())
    const { log } = createPorts({ fulcio, rekor: rekor1, rekorVersion: 1, trust, token: () => '' })
    const digest = hash('sha256', signed.signedAttributes, 'buffer')
    const { proof: _, ...promised } = await log.witness({ ...signed, digest })
    const logEntry = encodeLogEntry(promised, { withBody: false })
    const object = rebuildObject(payload, encodeArmor(encodeSignedData({ ...signed, logEntry })))
    oid = history.repository.store('commit', object?.bytes ?? '')
    history.repository.git(['update-ref', 'refs/heads/promised', oid])
  })
  afterAll(() => void history.repository.git(['update-ref', '-d', 'refs/heads/promised']))

  test('is no evidence by itself', async () => {
    const { exit, stderr } = await history.run('verify', '--certificate-identity=kim@example.com', oid)
    expect(exit).not.toBe(0)
    const { stdout } = await history.run('verify', '--format=jsonl', '--history', 'promised')
    expect(stdout + stderr).toContain('the log entry has no inclusion proof')
  })

  test('is held where the promise was kept', async () => {
    expect(await lines('promised')).toMatchObject({ exit: 0, states: ['held'] })
  })

  test('is not in the log where it was not kept', async () => {
    const real = globalThis.fetch
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) =>
      String(url).endsWith('/retrieve') ? new Response('[]', { status: 200 }) : await real(url, init),
    )
    const { exit, stderr } = await lines('promised')
    expect(exit).toBe(1)
    expect(stderr).toContain(`commit ${oid}: not in its log: the log does not hand it over`)
  })
})

test('a log that proves wrongly does not have what it proves, and only that', async () => {
  sandbox.setFaults([{ service: 'rekor1', kind: 'wrong-proof' }])
  const { exit, entries, stderr } = await lines('embedded')
  expect(exit).toBe(1)
  const states = new Map(entries.map(({ object, state }) => [object, state]))
  expect(embedded.map((oid) => states.get(oid))).toEqual(['absent', 'held', 'absent', 'held', 'absent', 'held'])
  expect(stderr).toContain(`commit ${embedded[0]}: not in its log: `)
})

test('a log that does not answer is a fault, never a verdict, and is not asked for ever', async () => {
  sandbox.setFaults([{ service: 'rekor1', kind: '503' }])
  const { exit, states } = await lines('embedded')
  expect([exit, [...states].sort()]).toEqual([3, ['fault', 'fault', 'fault', 'held', 'held', 'held']])
}, 60_000)

describe('a log that shows another past than before', () => {
  const notes = () => join(process.env['XDG_STATE_HOME'] ?? '', 'gitsigil', 'logs')

  test('has nothing, whatever was found in it before; each object is named, and the evidence kept', async () => {
    expect((await lines('embedded')).exit).toBe(0)
    const before = new Map(readdirSync(notes()).map((name) => [name, readFileSync(join(notes(), name))] as const))
    for (const [name, bytes] of before) {
      const note = parseCheckpoint(bytes.toString())
      const other = encodeCheckpoint({ ...note, rootHash: new Uint8Array(32).fill(7) })
      writeFileSync(join(notes(), name), encodeNote(other, note.signatures))
    }
    const { exit, states, stderr } = await lines('embedded')
    expect([exit, new Set(states)]).toEqual([1, new Set(['absent'])])
    for (const oid of embedded)
      expect(stderr).toContain(`commit ${oid}: not in its log: the log shows another past than before: `)
    expect(stderr.match(/hint: both checkpoints are kept in /g)?.length).toBe(2)
    rmSync(notes(), { recursive: true })
    expect((await lines('embedded')).exit).toBe(0)
  })
})

test.each([[['nosuch..embedded']], [['--trusted-root=/dev/null', 'embedded']], [['--nosuch', 'embedded']]])(
  'a fault of --json %j is the one document',
  async (args) => {
    const { exit, stdout, stderr } = await history.run('reconcile', '--json', ...args)
    const document = JSON.parse(stdout)
    expect(violations(faultSchema, document)).toEqual([])
    expect(document).toMatchObject({ verdict: 'fault', exit })
    expect(stderr).toContain(`gitsigil: error: ${document.fault.message}\n`)
  },
)

test('a history without signatures is a whole document', async () => {
  const { exit, stdout } = await history.run('reconcile', '--json', 'embedded..embedded')
  expect([exit, violations(schema, JSON.parse(stdout))]).toEqual([0, []])
})

test.each([
  [['--format=xml'], '--format knows'],
  [['--json', '--format=text'], '--format knows'],
  [['--in-flight=0'], 'not a number'],
])('%j is a usage fault', async (args, why) => {
  const { exit, stderr } = await history.run('reconcile', ...args)
  expect(exit).toBe(2)
  expect(stderr).toContain(why)
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeNote } from '../../src/attest/notes.ts'
import { bundleOfEntry } from '../../src/bundle/online.ts'
import { runCommand } from '../../src/cli/main.ts'
import { Fault } from '../../src/errors.ts'
import { loggedIds } from '../../src/git/logged-id.ts'
import { signEmbedded } from '../support/embedded.ts'
import { temporaryFolder } from '../support/folder.ts'
import { serve } from '../support/loopback.ts'
import { commitPayload, logIn, logText, signAlone, tagPayload } from '../support/online.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { testWorld } from '../support/world.ts'

let sandbox: TestSandbox
let repository: Repository
beforeAll(async () => {
  sandbox = await startTestSandbox()
  repository = newRepository()
})
afterAll(() => sandbox.close())

function newRepository(): Repository {
  const made = createRepository()
  const path = join(made.path, '.git', 'trusted_root.json')
  writeFileSync(path, sandbox.trustedRoot)
  made.git(['config', 'gitsigil.trustedRoot', path])
  return made
}

const url = (version: 1 | 2) => `--url=${version === 1 ? sandbox.urls.rekor1 : sandbox.urls.rekor2}`
const state = () => `--state=${temporaryFolder('monitor')}`

async function monitor(...args: readonly string[]) {
  const world = testWorld({ args: ['monitor', ...args], cwd: repository.path })
  const exit = await runCommand(world)
  return { exit, stdout: world.output(1), stderr: world.output(2) }
}

async function sightings(...args: readonly string[]) {
  const { exit, stdout, stderr } = await monitor('--format=jsonl', ...args)
  return {
    exit,
    stderr,
    seen: stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  }
}

/** Stores the object and has a branch or tag lead to it. */
function keep(into: Repository, ref: string, { type, bytes }: { type: 'commit' | 'tag'; bytes: Uint8Array }): string {
  const oid = into.store(type, bytes)
  into.git(['update-ref', ref, oid])
  return oid
}

describe.each([1, 2] as const)('on Rekor v%d', (version) => {
  const email = `kim${version}@example.com`
  const mine = () => [url(version), '--from=0', `--email=${email}`]
  let oids: Record<'commit' | 'tag', string>
  let forged: Awaited<ReturnType<typeof signEmbedded>>
  beforeAll(async () => {
    const kim = await logIn(sandbox, email)
    const commit = await signEmbedded(sandbox, kim, commitPayload(`by ${email}`), version)
    const tag = await signEmbedded(sandbox, kim, tagPayload(`v${version}`, commit.oid), version)
    await signEmbedded(sandbox, await logIn(sandbox, 'lee@example.com'), commitPayload('by lee'), version)
    oids = {
      commit: keep(repository, `refs/heads/on-${version}`, commit),
      tag: keep(repository, `refs/tags/v${version}`, tag),
    }
    forged = await signEmbedded(sandbox, await logIn(sandbox, email), commitPayload('by somebody else'), version)
  })

  test('every entry is named by its object, and the one that is of none is an alert', async () => {
    const { exit, seen, stderr } = await sightings(...mine(), state())
    expect(exit).toBe(1)
    expect(seen).toMatchObject([
      {
        kind: 'covered',
        alert: false,
        subject: email,
        objects: [{ kind: 'commit', oid: oids.commit, how: 'embedded' }],
      },
      { kind: 'covered', alert: false, objects: [{ kind: 'tag', oid: oids.tag, repository: repository.path }] },
      {
        kind: 'uncovered',
        alert: true,
        index: forged.index,
        issuer: sandbox.urls.issuer,
        why: 'signed as you, not in any repository you named',
        objects: [],
      },
    ])
    expect(stderr).toMatch(/a first run, which begins at entry 0\n/)
  })

  test('the entry that an alert names is found by log get', async () => {
    const { seen } = await sightings(...mine(), state())
    const world = testWorld({ args: ['log', 'get', '--json', url(version), seen[2].logIndex], cwd: repository.path })
    await runCommand(world)
    expect(JSON.parse(world.output(1)).hashes).toEqual(seen[2].hashes)
  })

  test('what was told is not told again, and what comes next is', async () => {
    const place = state()
    expect((await monitor(...mine(), place)).exit).toBe(1)
    expect(await monitor(...mine(), place)).toMatchObject({ exit: 0, stdout: '' })
    const { oid } = await signEmbedded(sandbox, await logIn(sandbox, email), commitPayload('once more'), version)
    const { exit, seen } = await sightings(...mine(), place)
    expect([exit, seen.length, oid.length]).toEqual([1, 1, 40])
    const journal = readFileSync(
      join(place.slice('--state='.length), `${seen[0].id.slice(0, 16)}.journal.jsonl`),
      'utf8',
    )
    expect(
      journal
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).id),
    ).toHaveLength(4)
  })

  test('where nobody reads what is told it ends quietly, and the next run tells it', async () => {
    const place = state()
    const args = ['monitor', '--format=jsonl', ...mine(), place]
    const world = testWorld({ args, cwd: repository.path })
    const write = (fd: number, data: Uint8Array | string) => {
      if (fd === 1) throw new Fault('closed', 'cannot write to standard output: EPIPE')
      world.write(fd, data)
    }
    expect(await runCommand({ ...world, write })).toBe(141)
    expect(world.output(2)).not.toMatch(/error|EPIPE/)
    expect((await sightings(...mine(), place)).seen.map(({ kind }) => kind)).toContain('uncovered')
  })

  test('a first run without --from begins at the end of the log, and says so', async () => {
    const { exit, stdout, stderr } = await monitor(url(version), `--email=${email}`, state())
    expect([exit, stdout]).toEqual([0, ''])
    expect(stderr).toMatch(/a first run, which begins at entry [1-9]\d*: what is before that is not looked at/)
  })
})

describe('online mode', () => {
  test('a commit is found by the id that was logged', async () => {
    const login = await logIn(sandbox, 'online@example.com')
    const signed = signAlone(login, commitPayload('online'))
    await logText(sandbox, login, signed.oid)
    keep(repository, 'refs/heads/online', signed.object)
    const { exit, seen } = await sightings(url(1), '--from=0', '--email=online@example.com', state())
    expect(exit).toBe(0)
    expect(seen).toMatchObject([{ kind: 'covered', objects: [{ oid: signed.oid, how: 'online' }] }])
  })

  test('the same id signed by another certificate of the same identity is an alert that names the object', async () => {
    const signed = signAlone(await logIn(sandbox, 'twice@example.com'), commitPayload('twice'))
    keep(repository, 'refs/heads/twice', signed.object)
    await logText(sandbox, await logIn(sandbox, 'twice@example.com'), signed.oid)
    const { exit, seen } = await sightings(url(1), '--from=0', '--email=twice@example.com', state())
    expect(exit).toBe(1)
    expect(seen).toMatchObject([
      { kind: 'uncovered', objects: [], near: [{ oid: signed.oid }], why: expect.stringContaining(signed.oid) },
    ])
  })
})

test('a tag that a merge carries is found in it', async () => {
  const kim = await logIn(sandbox, 'merge@example.com')
  const side = await signEmbedded(sandbox, kim, commitPayload('side'))
  const tag = await signEmbedded(sandbox, kim, tagPayload('side', side.oid))
  const header = Buffer.from(tag.bytes).toString().replace(/\n$/, '').replaceAll('\n', '\n ')
  const merge = await signEmbedded(sandbox, kim, commitPayload('merge', `mergetag ${header}\n`))
  repository.store('commit', side.bytes)
  keep(repository, 'refs/heads/merged', merge)
  const { seen } = await sightings(url(1), '--from=0', '--email=merge@example.com', state())
  expect(seen.map(({ kind, objects }) => [kind, objects.map((one: { kind: string }) => one.kind)])).toEqual([
    ['uncovered', []],
    ['covered', ['mergetag']],
    ['covered', ['commit']],
  ])
})

test('an object that no ref leads to is not in a repository', async () => {
  const { bytes } = await signEmbedded(sandbox, await logIn(sandbox, 'loose@example.com'), commitPayload('loose'))
  const loose = createRepository()
  loose.store('commit', bytes)
  expect((await monitor(loose.path, url(1), '--from=0', '--email=loose@example.com', state())).exit).toBe(1)
  keep(loose, 'refs/heads/main', { type: 'commit', bytes })
  expect((await monitor(loose.path, url(1), '--from=0', '--email=loose@example.com', state())).exit).toBe(0)
})

test('several repositories are one question', async () => {
  const kim = await logIn(sandbox, 'two@example.com')
  const [one, other] = [createRepository(), createRepository()]
  for (const [at, place] of [one, other].entries())
    keep(place, 'refs/heads/main', await signEmbedded(sandbox, kim, commitPayload(`in ${at}`)))
  const args = [url(1), '--from=0', '--email=two@example.com']
  const { exit, seen } = await sightings(one.path, `--repository=${other.path}`, ...args, state())
  expect([exit, seen.map(({ objects }) => objects[0].repository)]).toEqual([0, [one.path, other.path]])
  expect((await monitor(one.path, ...args, state())).exit).toBe(1)
})

test('a tag that somebody else signed and you endorsed is yours by the note', async () => {
  const tag = await signEmbedded(sandbox, await logIn(sandbox, 'maker@example.com'), tagPayload('endorsed'))
  const oid = keep(repository, 'refs/tags/endorsed', tag)
  const endorser = await logIn(sandbox, 'endorser@example.com')
  const entry = await logText(sandbox, endorser, oid)
  const args = [url(1), '--from=0', '--email=endorser@example.com']
  expect((await sightings(...args, state())).seen).toMatchObject([{ kind: 'uncovered', near: [] }])
  const note = encodeNote([bundleOfEntry(entry, endorser.leaf, [oid])])
  repository.git(['notes', '--ref=refs/notes/gitsigil', 'add', '-F', '-', oid], note)
  const { exit, seen } = await sightings(...args, state())
  expect([exit, seen]).toMatchObject([0, [{ kind: 'covered', objects: [{ kind: 'tag', oid, how: 'endorsement' }] }]])
})

test('a push certificate is found where a ref keeps it', async () => {
  const payload = Buffer.from(
    'certificate version 0.1\npusher Kim <kim@example.com> 1700000000 +0000\n\nold new refs/heads/main\n',
  )
  const { bytes } = await signEmbedded(sandbox, await logIn(sandbox, 'pusher@example.com'), payload)
  const args = [url(1), '--from=0', '--email=pusher@example.com']
  expect((await monitor(...args, state())).exit).toBe(1)
  repository.git(['update-ref', 'refs/push-certificates/1', repository.store('blob', bytes)])
  const { exit, seen } = await sightings(...args, state())
  expect([exit, seen]).toMatchObject([0, [{ objects: [{ kind: 'push certificate' }] }]])
})

test('a repository of SHA-256 is read too, by the wrong id that gitsign logs there', async () => {
  const large = createRepository('--object-format=sha256')
  const tree = large.git(['mktree'], '')
  const login = await logIn(sandbox, 'large@example.com')
  const signed = signAlone(login, commitPayload('large', '', tree))
  const ids = loggedIds(signed.object, signed.payload, signed.armored)
  await logText(sandbox, login, signed.oid)
  await logText(sandbox, login, ids.find((id) => id.length === 40) ?? '')
  keep(large, 'refs/heads/main', signed.object)
  const { exit, seen } = await sightings(large.path, url(1), '--from=0', '--email=large@example.com', state())
  expect([exit, seen.map(({ objects }) => objects[0]?.oid)]).toEqual([0, [signed.oid, signed.oid]])
})

test('a repository that is named is the one that is read, whatever Git was told of the one here', async () => {
  const { type, bytes } = await signEmbedded(sandbox, await logIn(sandbox, 'env@example.com'), commitPayload('env'))
  const named = createRepository()
  keep(named, 'refs/heads/main', { type, bytes })
  const world = testWorld({
    args: ['monitor', named.path, url(1), '--from=0', '--email=env@example.com', state()],
    cwd: repository.path,
    env: { ...process.env, GIT_DIR: join(repository.path, '.git') },
  })
  expect(await runCommand(world)).toBe(0)
})

test('a shallow clone is told to lack what its refs lead to', async () => {
  const kim = await logIn(sandbox, 'shallow@example.com')
  const first = await signEmbedded(sandbox, kim, commitPayload('first'))
  const whole = createRepository()
  keep(whole, 'refs/heads/main', first)
  whole.git(['reset', '--hard', '--quiet', first.oid])
  whole.git(['commit', '--allow-empty', '-m', 'second', '--no-gpg-sign', '--quiet'])
  const path = join(temporaryFolder('clone'), 'shallow')
  whole.git(['clone', '--quiet', '--depth=1', `file://${whole.path}`, path])
  const { exit, stderr } = await monitor(path, url(1), '--from=0', '--email=shallow@example.com', state())
  expect([exit, stderr]).toEqual([1, expect.stringMatching(/warning: \S+shallow: 1 object is missing or damaged/)])
})

test('every log in use is watched, whichever one signs into here', async () => {
  const kim = await logIn(sandbox, 'other@example.com')
  await signEmbedded(sandbox, kim, commitPayload('in the other log'), 2)
  const world = testWorld({
    args: ['monitor', '--from=0', '--email=other@example.com', state()],
    cwd: repository.path,
    env: { ...process.env, SIGSTORE_REKOR_URL: sandbox.urls.rekor1 },
  })
  expect(await runCommand(world)).toBe(1)
  expect(world.output(1)).toContain(`of ${sandbox.urls.rekor2} by other@example.com`)
})

test('a log that takes its time holds up no alert of another', async () => {
  const pat = await logIn(sandbox, 'pat@example.com')
  await signEmbedded(sandbox, pat, commitPayload('beside a slow log'), 2)
  const root = join(temporaryFolder('root'), 'trusted_root.json')
  const told = () => world.output(1).includes('ALERT')
  let wasTold = false
  const slow = await serve(async (_, response) => {
    for (let count = 0; count < 50 && !told(); count++) await new Promise((resolve) => setTimeout(resolve, 100))
    wasTold = told()
    response.writeHead(404).end()
  })
  writeFileSync(root, Buffer.from(sandbox.trustedRoot).toString().replaceAll(sandbox.urls.rekor1, slow.url))
  const world = testWorld({
    args: ['monitor', '--from=0', '--email=pat@example.com', `--trusted-root=${root}`, state()],
    cwd: repository.path,
  })
  expect([await runCommand(world), wasTold]).toEqual([1, true])
})

describe('a log that has come to its end', () => {
  const DAY = 86_400_000

  /** With an entry by `email` in its last minute; `run` is at a time and with more arguments. */
  async function endedLog(email: string) {
    const folder = temporaryFolder('root')
    const root = join(folder, 'trusted_root.json')
    const run = async (now: number, ...more: readonly string[]) => {
      const flags = ['--from=0', `--email=${email}`, `--trusted-root=${root}`, `--state=${folder}/state`]
      const world = testWorld({ args: ['monitor', ...flags, ...more], cwd: repository.path, now: () => now })
      return [await runCommand(world), world.output(1) + world.output(2)] as const
    }
    writeFileSync(root, sandbox.trustedRoot)
    await run(Date.now())
    await signEmbedded(sandbox, await logIn(sandbox, email), commitPayload('in the last minute'), 2)
    const document = JSON.parse(Buffer.from(sandbox.trustedRoot).toString())
    const ended = document.tlogs.find(({ baseUrl }: { baseUrl: string }) => baseUrl === sandbox.urls.rekor2)
    ended.publicKey.validFor.end = new Date(Date.now() - 1).toISOString()
    writeFileSync(root, JSON.stringify(document))
    return run
  }
  const rekor2 = () => sandbox.urls.rekor2

  test('is looked at up to then, and no more', async () => {
    const run = await endedLog('last@example.com')
    expect(await run(Date.now())).toEqual([1, expect.stringContaining(`of ${rekor2()} by last@example.com`)])
    const later = Date.now() + 2 * DAY
    expect(await run(later)).toEqual([0, expect.stringContaining(`${rekor2()}: 0 entries looked at`)])
    expect(await run(later)).toEqual([0, expect.not.stringContaining(rekor2())])
  })

  test('is looked at until nothing of it is waited for', async () => {
    const run = await endedLog('awaited@example.com')
    const later = Date.now() + 2 * DAY
    expect(await run(later, '--grace=2h')).toEqual([0, expect.not.stringContaining('ALERT')])
    const over = await run(later + DAY, '--grace=2h')
    expect(over).toEqual([1, expect.stringContaining(`of ${rekor2()} by awaited@example.com`)])
    expect(await run(later + DAY)).toEqual([0, expect.not.stringContaining(rekor2())])
  })

  test.each([503, 400])(
    'is looked at until everybody was told of it, where a webhook answers %i',
    async (status) => {
      let isMended = false
      const { url, asked } = await serve((_, response) => response.writeHead(isMended ? 204 : status).end())
      const run = await endedLog(`told${status}@example.com`)
      const later = Date.now() + 2 * DAY
      expect((await run(later, `--webhook=${url}`))[0]).toBe(1)
      expect(await run(later, `--webhook=${url}`)).toEqual([3, expect.stringContaining('error: the webhook at')])
      isMended = true
      expect((await run(later, `--webhook=${url}`))[0]).toBe(0)
      expect(JSON.parse(asked.at(-1)?.body.toString() ?? '')).toMatchObject({ log: rekor2(), kind: 'uncovered' })
      expect(await run(later, `--webhook=${url}`)).toEqual([0, expect.not.stringContaining(rekor2())])
    },
    30_000,
  )
})

test('a log that comes to be in use is looked at from its beginning', async () => {
  const folder = temporaryFolder('root')
  const root = join(folder, 'trusted_root.json')
  const run = async () => {
    const args = ['monitor', '--email=first@example.com', `--trusted-root=${root}`, `--state=${folder}/state`]
    const world = testWorld({ args, cwd: repository.path })
    return [await runCommand(world), world.output(1) + world.output(2)] as const
  }
  const document = JSON.parse(Buffer.from(sandbox.trustedRoot).toString())
  const isNew = ({ baseUrl }: { baseUrl: string }) => baseUrl === sandbox.urls.rekor2
  writeFileSync(root, JSON.stringify({ ...document, tlogs: document.tlogs.filter((log: never) => !isNew(log)) }))
  expect((await run())[0]).toBe(0)
  document.tlogs.find(isNew).publicKey.validFor.start = new Date().toISOString()
  writeFileSync(root, JSON.stringify(document))
  await signEmbedded(sandbox, await logIn(sandbox, 'first@example.com'), commitPayload('in the first minute'), 2)
  expect(await run()).toEqual([1, expect.stringContaining(`of ${sandbox.urls.rekor2} by first@example.com`)])
})

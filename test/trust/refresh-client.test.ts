import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { Fault } from '../../src/errors.ts'
import { createHttp, type Http } from '../../src/system/http.ts'
import { publicGoodRootBytes, publicGoodSigningConfigBytes } from '../../src/trust/public-good.ts'
import { refreshInstance } from '../../src/trust/refresh-client.ts'
import { createRepository, DAY, type Release, type Repository } from './repository.ts'

const http: Http = createHttp({ userAgent: 'test', sleep: async () => {} })
const signingConfig = publicGoodSigningConfigBytes()
const trustedRoot = publicGoodRootBytes()
/** Other bytes that say the same. */
const newerRoot = Buffer.concat([trustedRoot, Buffer.from('\n')])

let instances: string
let repository: Repository

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  instances = join(folder, 'gitsigil', 'instances')
  repository = createRepository()
  repository.release(release(1))
})

function release(version: number, more: Partial<Release> = {}): Release {
  return { version, targets: { 'trusted_root.json': trustedRoot, 'signing_config.v0.2.json': signingConfig }, ...more }
}

async function refresh(url: string, more: { root?: Uint8Array } = {}, now = Date.now()) {
  return refreshInstance({ instances, name: 'corp', mirror: url, ...more }, http, now)
}

/** A repository that was read once, at version 1. */
async function initialized(): Promise<string> {
  const { url } = await repository.serve()
  await refresh(url, { root: repository.root })
  return url
}

function kept(name = 'trusted_root.json'): Buffer {
  return readFileSync(join(instances, 'corp', name))
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown instanceof Fault) return thrown
  throw new Error('expected a fault', { cause: thrown })
}

describe('a first time', () => {
  test('keeps the trusted root and the signing config byte for byte, for their owner alone', async () => {
    await initialized()
    expect(kept().equals(trustedRoot)).toBe(true)
    expect(kept('signing_config.json').equals(signingConfig)).toBe(true)
    expect(statSync(instances).mode & 0o777).toBe(0o700)
    expect(statSync(join(instances, '..')).mode & 0o777).toBe(0o700)
    expect(statSync(join(instances, 'corp')).mode & 0o777).toBe(0o700)
    expect(statSync(join(instances, 'corp', 'trusted_root.json')).mode & 0o777).toBe(0o600)
  })

  test('says where it came from and how long it is good', async () => {
    const { url } = await repository.serve()
    const { record, isNew, hasSigningConfig } = await refresh(url, { root: repository.root }, 1_000)
    expect(record).toMatchObject({ name: 'corp', mirror: url, rootVersion: 1, refreshed: 1_000, changed: 1_000 })
    expect(record.anchor).toBe(createHash('sha256').update(repository.root).digest('hex'))
    expect(record.timestampExpires).toBeGreaterThan(Date.now())
    expect({ isNew, hasSigningConfig }).toEqual({ isNew: true, hasSigningConfig: true })
  })

  test('takes a repository without a signing config', async () => {
    repository.release({ version: 2, targets: { 'trusted_root.json': trustedRoot } })
    const { url } = await repository.serve()
    expect((await refresh(url, { root: repository.root })).hasSigningConfig).toBe(false)
    expect(existsSync(join(instances, 'corp', 'signing_config.json'))).toBe(false)
  })

  test('without a root has nothing to start from', async () => {
    const { url } = await repository.serve()
    const fault = await faultOf(refresh(url))
    expect(fault.code).toBe('config')
    expect(fault.message).toBe('instance corp is not initialized: there is no TUF root to start from')
  })

  test('leaves nothing half-done behind when it fails', async () => {
    const { url } = await createRepository().serve()
    await faultOf(refresh(url, { root: repository.root }))
    expect(readdirSync(join(instances, 'corp'))).toEqual(['tuf'])
    expect(readdirSync(join(instances, 'corp', 'tuf'))).toEqual([])
  })
})

describe('later', () => {
  test('a newer release takes the place of the older', async () => {
    const url = await initialized()
    repository.release(release(2, { targets: { 'trusted_root.json': newerRoot } }))
    const { isNew } = await refresh(url)
    expect(isNew).toBe(true)
    expect(kept().equals(newerRoot)).toBe(true)
    expect(existsSync(join(instances, 'corp', 'signing_config.json'))).toBe(false)
  })

  test('nothing new keeps the date of the last change', async () => {
    const { url } = await repository.serve()
    const first = await refresh(url, { root: repository.root }, 1_000)
    const { record, isNew } = await refresh(url, {}, 2_000)
    expect(isNew).toBe(false)
    expect(record).toEqual({ ...first.record, refreshed: 2_000 })
  })

  test('a rotation of every key is followed from root to root', async () => {
    const url = await initialized()
    repository.rotate()
    repository.rotate()
    repository.release(release(2))
    expect((await refresh(url)).record.rootVersion).toBe(3)
  })

  test('another root that the user gives starts anew, and an older version is then no rollback', async () => {
    const url = await initialized()
    repository.release(release(7))
    await refresh(url)
    const other = createRepository()
    other.release(release(1, { targets: { 'trusted_root.json': newerRoot } }))
    const { url: otherUrl } = await other.serve()
    await refresh(otherUrl, { root: other.root })
    expect(kept().equals(newerRoot)).toBe(true)
  })
})

describe('what is refused, with what was kept before untouched', () => {
  async function refused(url: string): Promise<Fault> {
    const before = kept('instance.json')
    const fault = await faultOf(refresh(url))
    expect(kept().equals(trustedRoot)).toBe(true)
    expect(kept('instance.json').equals(before)).toBe(true)
    expect(readdirSync(join(instances, 'corp')).filter((name) => name.startsWith('.'))).toEqual([])
    return fault
  }

  test('rollback: an older timestamp than the one seen before', async () => {
    const url = await initialized()
    repository.release(release(3))
    await refresh(url)
    repository.release(release(2))
    const fault = await refused(url)
    expect(fault.code).toBe('trust')
    expect(fault.message).toMatch(/: New timestamp version 2 is less than current version 3$/)
  })

  test('the same root given again does not switch the guard against rollback off', async () => {
    const url = await initialized()
    repository.release(release(3))
    await refresh(url)
    repository.release(release(2))
    const fault = await faultOf(refresh(url, { root: repository.root }))
    expect(fault.message).toMatch(/less than current/)
  })

  test.each(['timestamp', 'snapshot', 'targets'] as const)('freeze: an expired %s', async (role) => {
    const url = await initialized()
    repository.release(release(2, { expiresIn: { [role]: -DAY } }))
    const fault = await refused(url)
    expect(fault.code).toBe('trust')
    expect(fault.message).toMatch(new RegExp(`${role}.json is expired$`))
    expect(fault.hint).toBe('the mirror is out of date, or the clock of this machine is wrong')
  })

  test('wrong signature: metadata of a repository with other keys', async () => {
    const url = await initialized()
    const other = createRepository()
    other.release(release(2))
    for (const [path, bytes] of other.files) if (!path.endsWith('root.json')) repository.files.set(path, bytes)
    const fault = await refused(url)
    expect(fault.message).toMatch(/timestamp was signed by 0\/1 keys$/)
    expect(fault.hint).toBe('is it another repository? then give its root with --root')
  })

  test('a next root that the last one did not sign', async () => {
    const url = await initialized()
    const other = createRepository()
    other.rotate()
    repository.files.set('2.root.json', other.files.get('2.root.json') ?? new Uint8Array())
    expect((await refused(url)).message).toMatch(/root was signed by 0\/1 keys$/)
  })

  test('mix and match: a snapshot of another release', async () => {
    const url = await initialized()
    const old = repository.files.get('1.snapshot.json') ?? new Uint8Array()
    repository.release(release(2))
    repository.files.set('2.snapshot.json', old)
    expect((await refused(url)).message).toMatch(/snapshot: Expected (hash|length|version)/)
  })

  test('mix and match: a target of another release', async () => {
    const url = await initialized()
    repository.release(release(2, { targets: { 'trusted_root.json': newerRoot } }))
    const path = [...repository.files.keys()].find((name) => repository.files.get(name) === newerRoot) ?? ''
    repository.files.set(path, trustedRoot)
    expect((await refused(url)).message).toMatch(/Expected length/)
  })

  test.each([
    ['timestamp.json', 20_000],
    ['2.snapshot.json', 3_000_000],
    ['2.root.json', 600_000],
  ])('oversized: an endless %s', async (path, size) => {
    const url = await initialized()
    repository.release(release(2))
    repository.files.set(path, Buffer.alloc(size, 0x20))
    expect((await refused(url)).message).toMatch(/ sent more than \d+ bytes$/)
  })

  test.each([
    ['nonsense', '{'],
    ['another document', '{"mediaType":"application/json"}'],
  ])('a trusted root that this version cannot read: %s', async (_, text) => {
    const url = await initialized()
    repository.release(release(2, { targets: { 'trusted_root.json': Buffer.from(text) } }))
    const fault = await refused(url)
    expect(fault.code).toBe('trust')
    expect(fault.message).toMatch(/^TUF repository at 127\.0\.0\.1:\d+: trusted root: /)
  })

  test('a repository without a trusted root', async () => {
    const url = await initialized()
    repository.release(release(2, { targets: {} }))
    expect((await refused(url)).message).toMatch(/ has no trusted_root\.json$/)
  })

  test('offline: nobody answers', async () => {
    await initialized()
    expect((await refused('http://127.0.0.1:1')).code).toBe('network')
  })

  test('plain http to another machine', async () => {
    await initialized()
    expect((await refused('http://tuf.example')).code).toBe('config')
  })
})

describe('sandboxes', () => {
  test('a repository on this machine is one', async () => {
    const { url } = await repository.serve()
    expect((await refresh(url, { root: repository.root })).record.sandbox).toBe(true)
  })

  test('a repository elsewhere whose CA is on this machine is one, and another CA there is not', async () => {
    const text = new TextDecoder().decode(trustedRoot)
    const local = Buffer.from(text.replaceAll('https://fulcio.sigstore.dev', 'http://localhost:5555'))
    const elsewhere = createRepository()
    elsewhere.release(release(1, { targets: { 'trusted_root.json': local } }))
    expect((await from(elsewhere, 'https://tuf.example')).record.sandbox).toBe(true)
    const other = createRepository()
    other.release(release(1))
    expect((await from(other, 'https://tuf.example')).record.sandbox).toBe(false)
  })

  test('stay what they are when they move', async () => {
    const { url } = await repository.serve()
    await refresh(url, { root: repository.root })
    expect((await from(repository, 'https://tuf.example')).record.sandbox).toBe(true)
  })

  /** Reads a repository as if it were at `mirror`. */
  async function from({ files, root }: Repository, mirror: string) {
    const request: Http['request'] = async ({ url }) => {
      const body = files.get(url.slice(mirror.length + 1))
      return { status: body === undefined ? 404 : 200, headers: new Headers(), body: body ?? new Uint8Array() }
    }
    return refreshInstance({ instances, name: 'corp', mirror, root }, { request }, Date.now())
  }

  test('cannot take the name of public good', async () => {
    const { url } = await repository.serve()
    const request = { instances, name: 'public-good', mirror: url, root: repository.root }
    const fault = await faultOf(refreshInstance(request, http, 0))
    expect(fault.message).toBe('a sandbox cannot be named public-good')
  })
})

describe('damage on disk', () => {
  test('a truncated timestamp is fetched again', async () => {
    const url = await initialized()
    writeFileSync(join(instances, 'corp', 'tuf', 'timestamp.json'), '{')
    await refresh(url)
    expect(JSON.parse(kept('tuf/timestamp.json').toString())).toHaveProperty('signed')
  })

  test('without its root an instance starts again from the one given', async () => {
    const url = await initialized()
    rmSync(join(instances, 'corp', 'tuf', 'root.json'))
    expect((await faultOf(refresh(url))).code).toBe('config')
    await refresh(url, { root: repository.root })
    expect(kept().equals(trustedRoot)).toBe(true)
  })
})

test('one flipped bit anywhere in a release never becomes trust', async () => {
  const url = await initialized()
  repository.release(release(2, { targets: { 'trusted_root.json': newerRoot } }))
  const paths = [...repository.files.keys()].filter((path) => !path.startsWith('1.'))
  const flip = fc.record({ path: fc.constantFrom(...paths), at: fc.nat(), bit: fc.nat(7) })
  await fc.assert(
    fc.asyncProperty(flip, async ({ path, at, bit }) => {
      const whole = repository.files.get(path) ?? new Uint8Array()
      const broken = Uint8Array.from(whole)
      broken[at % whole.length] = (broken[at % whole.length] ?? 0) ^ (1 << bit)
      repository.files.set(path, broken)
      await refresh(url).catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Fault))
      repository.files.set(path, whole)
      expect([trustedRoot, newerRoot].some((root) => kept().equals(root))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('several runs that refresh at once leave one whole instance', async () => {
  const url = await initialized()
  repository.release(release(2, { targets: { 'trusted_root.json': newerRoot } }))
  await Promise.all([refresh(url), refresh(url), refresh(url)])
  expect(kept().equals(newerRoot)).toBe(true)
  expect(readdirSync(join(instances, 'corp')).sort()).toEqual(['instance.json', 'trusted_root.json', 'tuf'])
})

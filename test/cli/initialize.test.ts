import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { publicGoodRootBytes, publicGoodSigningConfigBytes } from '../../src/trust/public-good.ts'
import type { Loopback } from '../support/loopback.ts'
import { testWorld } from '../support/world.ts'
import { createRepository, DAY, type Repository } from '../trust/repository.ts'

let cwd: string
let repository: Repository
let server: Loopback
let sha256: string

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'initialize-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  repository = createRepository()
  repository.release({
    version: 1,
    targets: { 'trusted_root.json': publicGoodRootBytes(), 'signing_config.v0.2.json': publicGoodSigningConfigBytes() },
  })
  server = await repository.serve()
  sha256 = createHash('sha256').update(repository.root).digest('hex')
  writeFileSync(join(cwd, 'root.json'), repository.root)
})

async function run(args: readonly string[], more: { env?: Record<string, string>; now?: number } = {}) {
  const now = more.now ?? Date.now()
  const env = { XDG_DATA_HOME: cwd, ...more.env }
  const world = testWorld({ args: ['initialize', ...args], env, cwd, now: () => now })
  const status = await runCommand(world)
  return { status, out: world.output(1), err: world.output(2) }
}

const instances = () => {
  const path = join(cwd, 'gitsigil', 'instances')
  return existsSync(path) ? readdirSync(path) : []
}

describe('with a mirror and a root', () => {
  test('says what it keeps, how old that is, and how to use it', async () => {
    const { status, out, err } = await run(['--mirror', server.url, '--root', 'root.json', '--instance', 'toy'])
    const tomorrow = new Date(Date.now() + DAY).toISOString().slice(0, 10)
    expect(out).toBe(
      [
        `instance toy from ${server.url}`,
        'trusted root: 2 certificate authorities, 2 logs, 2 certificate logs, ' +
          '1 timestamp authority, and a signing config; new here',
        `TUF: root version 1, timestamp valid until ${tomorrow}`,
        `stored in ${cwd}/gitsigil/instances/toy`,
        'a sandbox is for trying and testing, not a CA to trust',
        'to use it in a repository: git config gitsigil.instance toy',
        '',
      ].join('\n'),
    )
    expect({ status, err }).toEqual({ status: 0, err: '' })
  })

  test('later says since when nothing changed', async () => {
    const flags = ['--mirror', server.url, '--root', 'root.json', '--instance', 'toy']
    const now = Date.now()
    await run(flags, { now: now - 3 * DAY })
    const since = new Date(now - 3 * DAY).toISOString().slice(0, 10)
    expect((await run(['--instance', 'toy'], { now })).out).toContain(`; unchanged since ${since} (3 days)\n`)
  })

  test('prints one JSON document where that is asked for', async () => {
    const now = Date.parse('2026-01-02T03:04:05Z')
    const { out, err } = await run(['--mirror', server.url, '--root', 'root.json', '--json'], { now })
    expect(err).toBe('')
    expect(out.split('\n')).toHaveLength(2)
    expect(JSON.parse(out)).toEqual({
      version: 1,
      instance: 'sandbox',
      sandbox: true,
      mirror: server.url,
      directory: `${cwd}/gitsigil/instances/sandbox`,
      tuf: { startedFrom: sha256, rootVersion: 1, timestampExpires: expect.stringMatching(/^20..-.*Z$/) },
      trustedRoot: {
        sha256: createHash('sha256').update(publicGoodRootBytes()).digest('hex'),
        new: true,
        since: '2026-01-02T03:04:05.000Z',
      },
      signingConfig: true,
    })
  })

  test('takes the mirror from TUF_MIRROR, and keeps under TUF_ROOT', async () => {
    const env = { TUF_MIRROR: server.url, TUF_ROOT: join(cwd, 'tuf') }
    const { status, out } = await run(['--root', 'root.json'], { env })
    expect(status).toBe(0)
    expect(out).toContain(`stored in ${cwd}/tuf/gitsigil/instances/sandbox\n`)
  })
})

describe('a root by its URL', () => {
  const fromUrl = () => ['--mirror', server.url, '--root', `${server.url}/1.root.json`]

  test('is trusted the first time, with its SHA-256 said', async () => {
    const first = await run(fromUrl())
    expect(first.status).toBe(0)
    expect(first.err).toBe(`gitsigil: note: trusting ${server.url}/1.root.json for the first time: SHA-256 ${sha256}\n`)
    expect((await run(fromUrl())).err).toBe('')
  })

  test('is silent where the SHA-256 is given, in either case', async () => {
    const { status, err } = await run([...fromUrl(), '--root-checksum', sha256.toUpperCase()])
    expect({ status, err }).toEqual({ status: 0, err: '' })
  })

  test('that has another SHA-256 than the one given is refused', async () => {
    const { status, out, err } = await run([...fromUrl(), '--root-checksum', 'ab'.repeat(32)])
    expect({ status, out }).toEqual({ status: 3, out: '' })
    expect(err).toBe(
      `gitsigil: error: ${server.url}/1.root.json has SHA-256 ${sha256}, not the one of --root-checksum\n`,
    )
    expect(instances()).toEqual([])
  })

  test('that is another than the first time is refused until somebody vouches for it', async () => {
    await run(fromUrl())
    const other = createRepository()
    other.release({ version: 1, targets: { 'trusted_root.json': publicGoodRootBytes() } })
    repository.files.clear()
    for (const [path, bytes] of other.files) repository.files.set(path, bytes)
    const refused = await run(fromUrl())
    expect(refused.status).toBe(3)
    expect(refused.err).toContain(`but this instance started from ${sha256}\n`)
    const checksum = createHash('sha256').update(other.root).digest('hex')
    expect((await run([...fromUrl(), '--root-checksum', checksum])).status).toBe(0)
  })

  test('that is not there is one line', async () => {
    const { status, err } = await run(['--mirror', server.url, '--root', `${server.url}/9.root.json`])
    expect({ status, err }).toEqual({ status: 3, err: `gitsigil: error: ${server.url}/9.root.json answered 404\n` })
  })
})

describe('one line and a hint', () => {
  test.each([
    [['here'], 2, 'initialize takes no operands'],
    [['--mirrors', 'x'], 2, 'unknown flag "--mirrors"'],
    [['--root-checksum', 'ab'.repeat(32)], 2, '--root-checksum needs --root'],
    [['--root', 'root.json', '--root-checksum', 'abc'], 2, '--root-checksum is not a SHA-256 in hexadecimal'],
    [['--instance', '../x'], 2, '--instance: not an instance name'],
    [['--instance', 'corp'], 2, 'instance corp is not initialized: there is no TUF root to start from'],
    [['--mirror', 'nowhere'], 2, 'the URL of --mirror is not one'],
    [['--mirror', 'http://tuf.example'], 2, 'the URL of --mirror is plain http to tuf.example'],
  ] as const)('for %j', async (args, expected, message) => {
    const { status, out, err } = await run([...args])
    expect({ status, out }).toEqual({ status: expected, out: '' })
    expect(err).toMatch(/^gitsigil: error: .*\n(gitsigil: hint: .*\n)?$/)
    expect(err).toContain(`gitsigil: error: ${message}`)
  })

  test('for a root that is not one', async () => {
    writeFileSync(join(cwd, 'root.json'), '{')
    const { status, err } = await run(['--mirror', server.url, '--root', 'root.json'])
    expect({ status, err }).toEqual({ status: 3, err: `gitsigil: error: ${cwd}/root.json is not a TUF root\n` })
  })

  test('for a home that is nowhere', async () => {
    const { status, err } = await run([], { env: { XDG_DATA_HOME: '' } })
    expect({ status, err }).toEqual({
      status: 2,
      err: 'gitsigil: error: no place for trust: set HOME or XDG_DATA_HOME\n',
    })
  })

  test('for a folder that cannot be made', async () => {
    const { status, err } = await run(['--mirror', server.url, '--root', 'root.json'], {
      env: { XDG_DATA_HOME: '/dev/null' },
    })
    expect({ status, err }).toEqual({ status: 3, err: 'gitsigil: error: cannot make /dev/null/gitsigil: ENOTDIR\n' })
  })

  test('for a mirror that signs with other keys than public good', async () => {
    const { status, err } = await run(['--mirror', server.url])
    expect(status).toBe(3)
    expect(err).toContain('gitsigil: hint: is it another repository? then give its root with --root\n')
    expect(instances()).toEqual(['public-good'])
    expect(readdirSync(join(cwd, 'gitsigil', 'instances', 'public-good'))).toEqual(['tuf'])
  })
})

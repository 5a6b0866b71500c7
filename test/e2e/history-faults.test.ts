// Histories that are cut off, damaged, or lied about: a rejection or a fault, and never a pass.
import { spawn } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createPack } from '../../scripts/history-maker/pack.ts'
import {
  decodeIndex,
  decodeRecord,
  encodeIndex,
  encodeRecord,
  indexLength,
  TRAILER,
} from '../../src/history/segment.ts'
import { kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createHistory, EXPECTED, gitIn, verifyIn } from '../support/history.ts'

const history = createHistory({ commits: 60 })
const root = join(history, 'trusted_root.json')
const commits = gitIn(history, ['rev-list', 'main']).split('\n')
/** Two tags, which are in the history as objects and in merges too. */
const counted = `${commits.length + 2} objects and 2 merged tags`
const [build] = kinds.slice(-1)
if (build === undefined) throw new Error('no build')

const verify = (cwd: string, args: readonly string[], more: { env?: Record<string, string>; input?: string } = {}) =>
  verifyIn(build, cwd, ['--no-cache', ...args], { root, ...more })

/** A clone of loose objects, which can be taken away or changed one by one. */
function looseClone(): string {
  const path = join(temporaryFolder('history'), 'loose.git')
  gitIn('/', ['init', '-q', '--bare', path])
  const pack = readdirSync(join(history, 'objects/pack')).find((name) => name.endsWith('.pack')) ?? ''
  gitIn(path, ['unpack-objects', '-q'], readFileSync(join(history, 'objects/pack', pack)))
  gitIn(path, ['fetch', '-q', history, 'main:main', '--tags'])
  return path
}

function objectPath(repository: string, oid: string): string {
  const path = join(repository, 'objects', oid.slice(0, 2), oid.slice(2))
  chmodSync(path, 0o644)
  return path
}

test.each(kinds)('a whole history of expected signers is accepted, status 0, $name', (one) => {
  for (const args of [['--all'], ['--history', 'main'], ['--tags', '--jobs=1'], ['main~3..main', '--first-parent']]) {
    const { status, stdout } = verifyIn(one, history, args, {
      root,
      env: { XDG_CACHE_HOME: temporaryFolder('history') },
    })
    expect(stdout).toContain(': all good, in ')
    expect(status).toBe(0)
  }
  expect(verifyIn(one, history, ['--all', '--no-cache'], { root }).stdout).toContain(
    `${counted}: ${commits.length + 4} allowed`,
  )
})

test('a ref that names nothing is a fault of its own, and the rest of --all is verified', () => {
  const path = looseClone()
  const gone = 'ab'.repeat(20)
  writeFileSync(join(path, 'refs/heads/gone'), `${gone}\n`)
  writeFileSync(join(path, 'refs/heads/garbage'), 'no id\n')
  const tag = gitIn(
    path,
    ['hash-object', '-t', 'tag', '-w', '--literally', '--stdin'],
    `object ${gone}\ntype commit\ntag v0\n\nx\n`,
  )
  writeFileSync(join(path, 'refs/tags/v0'), `${tag}\n`)
  const { status, stdout } = verify(path, ['--all'])
  expect(stdout).toContain(`fault     ${gone}  git: missing, named by refs/heads/gone\n`)
  expect(stdout).toContain(`fault     ${'0'.repeat(40)}  git: missing, named by refs/heads/garbage\n`)
  expect(stdout).toContain(`${commits.length + 4} allowed, 1 unsigned, 2 fault`)
  expect(status).toBe(1)
  writeFileSync(join(path, 'refs/tags/v0'), `${gone}\n`)
  expect(verify(path, ['--all'])).toMatchObject({ status: 3, stdout: expect.stringContaining(', 2 fault') })
  expect(verify(path, ['--history', 'gone']).status).toBe(3)
  expect(verify(path, ['--history', 'main']).status).toBe(0)
})

describe('a history that is cut off', () => {
  const shallow = join(temporaryFolder('history'), 'shallow')
  gitIn('/', ['clone', '-q', '--depth=6', `file://${history}`, shallow])

  test('is a fault where the range goes beyond the cut', () => {
    const { status, stdout } = verify(shallow, ['--history', 'HEAD'])
    expect(stdout).toContain('missing: the clone is shallow, and the range goes beyond its cut')
    expect(status).toBe(3)
  })

  test('is fine where it does not', () => {
    expect(verify(shallow, ['HEAD~2..HEAD', '--first-parent']).status).toBe(0)
  })

  test('only by a shallow file or a graft that lies is verified whole', () => {
    const path = join(temporaryFolder('history'), 'lied')
    gitIn('/', ['clone', '-q', '--bare', '--no-hardlinks', history, path])
    writeFileSync(join(path, 'shallow'), `${commits[3]}\n`)
    expect(verify(path, ['--all']).stdout).toContain(counted)
    rmSync(join(path, 'shallow'))
    writeFileSync(join(path, 'info/grafts'), `${commits[3]}\n`)
    expect(verify(path, ['--all']).stdout).toContain(counted)
  })

  test('by a missing commit is a fault that names it', () => {
    const path = looseClone()
    rmSync(objectPath(path, commits[20] ?? ''))
    const { status, stdout } = verify(path, ['--history', 'main'])
    expect(stdout).toContain(`fault     ${commits[20]}  git: missing`)
    expect(stdout).toMatch(/ 1 fault\n/)
    expect(status).toBe(3)
  })
})

describe('an object that is damaged', () => {
  test('is a fault, and those after it are verified', () => {
    const path = looseClone()
    writeFileSync(objectPath(path, commits[20] ?? ''), 'garbage')
    const { status, stdout } = verify(path, ['--stdin'], { input: `${commits.slice(18, 24).join('\n')}\n` })
    expect(stdout).toContain(`fault     ${commits[20]}`)
    expect(stdout).toContain('6 objects: 5 allowed, 1 fault')
    expect(status).toBe(3)
    expect(verify(path, ['--history', 'main']).status).toBe(3)
  })

  test('holds the place of another: its bytes have another id', () => {
    const path = looseClone()
    const other = gitIn(path, ['cat-file', 'commit', commits[25] ?? ''])
    const bytes = Buffer.from(`${other}\n`)
    writeFileSync(
      objectPath(path, commits[20] ?? ''),
      deflateSync(Buffer.concat([Buffer.from(`commit ${bytes.length}\0`), bytes])),
    )
    const { status, stdout } = verify(path, ['--history', 'main'])
    expect(stdout).toMatch(new RegExp(`fault +${commits[20]}`))
    expect(status).toBe(3)
  })

  test('in a pack is a fault', () => {
    const path = join(temporaryFolder('history'), 'pack.git')
    gitIn('/', ['clone', '-q', '--bare', '--no-hardlinks', history, path])
    const folder = join(path, 'objects/pack')
    const pack = join(folder, readdirSync(folder).find((name) => name.endsWith('.pack')) ?? '')
    chmodSync(pack, 0o644)
    const bytes = readFileSync(pack)
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 2000)
    writeFileSync(pack, bytes)
    const { status, stdout, stderr } = verify(path, ['--history', 'main'])
    expect(`${stdout}${stderr}`).toMatch(/fault|error/)
    expect(status).toBe(3)
  })
})

describe('a commit that is not as it was signed', () => {
  test('is rejected wherever it stands, and so is the run', () => {
    const path = looseClone()
    const bytes = gitIn(path, ['cat-file', 'commit', commits[0] ?? '']).replace('committer Signer', 'committer Singer')
    const changed = gitIn(path, ['hash-object', '-w', '-t', 'commit', '--stdin'], `${bytes}\n`)
    gitIn(path, ['update-ref', 'refs/heads/main', changed])
    const { status, stdout } = verify(path, [`${commits[5]}..main`])
    expect(stdout).toContain(`rejected  ${changed}  digest: the content is not what was signed`)
    expect(status).toBe(1)
    gitIn(path, ['replace', changed, commits[0] ?? ''])
    expect(verify(path, [`${commits[5]}..main`]).status).toBe(1)
  })

  test('that is, a tag in a good merge, is rejected too', () => {
    const folder = fileURLToPath(new URL('../../fixtures/vectors/good-merge-of-changed-tag/', import.meta.url))
    const path = looseClone()
    const oid = gitIn(
      path,
      ['hash-object', '-w', '--literally', '-t', 'commit', '--stdin'],
      readFileSync(join(folder, 'object')),
    )
    const { stdout, status } = verify(path, ['--stdin'], { input: `${oid}\n` })
    expect(stdout).toMatch(new RegExp(`rejected +mergetag [0-9a-f]{40} in ${oid}`))
    expect(status).toBe(1)
  })
})

describe('a repository of another kind', () => {
  test.each([['--shared'], ['--filter=blob:none'], ['--bare']])('is verified: git clone %s', (flag) => {
    const path = join(temporaryFolder('history'), 'clone')
    gitIn('/', ['clone', '-q', flag, flag === '--filter=blob:none' ? `file://${history}` : history, path])
    expect(verify(path, ['--all']).status).toBe(0)
  })

  test('of SHA-256 ids is verified', () => {
    const path = createHistory({ commits: 30, algorithm: 'sha256' })
    const { status, stdout } = verifyIn(build, path, ['--all', '--no-cache'], { root: join(path, 'trusted_root.json') })
    expect(stdout).toContain('31 objects and 1 merged tag: 32 allowed')
    expect(status).toBe(0)
  })

  test('that is empty holds nothing', () => {
    const path = temporaryFolder('history')
    gitIn(path, ['init', '-q'])
    expect(verify(path, ['--all']).status).toBe(0)
    expect(verify(path, ['HEAD..HEAD']).status).toBe(3)
  })
})

describe('what is large', () => {
  const folder = join(temporaryFolder('history'), 'large.git')
  const pack = createPack(folder)
  const tree = pack.add('tree', new Uint8Array())
  const person = 'A <a@example.com> 1780000000 +0000'
  const commit = (lines: string, message: string) =>
    pack.add('commit', Buffer.from(`tree ${tree}\n${lines}author ${person}\ncommitter ${person}\n\n${message}\n`))
  const long = commit('', 'x'.repeat(1 << 20))
  const parents = Array.from({ length: 10_000 }, (_, i) => commit('', `parent ${i}`))
  const octopus = commit(parents.map((id) => `parent ${id}\n`).join(''), 'ten thousand parents')
  const tags = Array.from(
    { length: 20_000 },
    (_, i) =>
      [
        `refs/tags/t${i}`,
        pack.add('tag', Buffer.from(`object ${long}\ntype commit\ntag t${i}\ntagger ${person}\n\nTag\n`)),
      ] as const,
  )
  pack.finish(new Map([...tags, ['refs/heads/main', octopus], ['refs/heads/long', long]]))

  test('is gone through: a megabyte of message, ten thousand parents, twenty thousand tags', () => {
    const { status, stdout } = verify(folder, ['--all'])
    expect(stdout).toContain('30,002 objects: 30,002 unsigned')
    expect(status).toBe(1)
  })
})

test.each(kinds)('ctrl-C ends the run with status 130, $name', async ({ command: [program = '', ...first] }) => {
  const path = createHistory({ commits: 1500 })
  const args = [
    ...first,
    'verify',
    `--trusted-root=${join(path, 'trusted_root.json')}`,
    ...EXPECTED,
    '--no-cache',
    '--format=jsonl',
    '--all',
  ]
  const child = spawn(program, args, { cwd: path, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdout.once('data', () => child.kill('SIGINT')).resume()
  const status = await new Promise((resolve) => child.on('close', resolve))
  expect(stderr).toBe('gitsigil: error: interrupted\n')
  expect(status).toBe(130)
})

describe('facts of earlier runs', () => {
  const cached = (home: string) => {
    const { stdout } = verifyIn(build, history, ['--history', 'main', '--json'], {
      root,
      env: { XDG_CACHE_HOME: home },
    })
    return (JSON.parse(stdout) as { summary: { cached: number; exit: number } }).summary
  }
  const segments = (home: string) => {
    const facts = join(home, 'gitsigil/facts')
    const [folder = ''] = readdirSync(facts)
    return readdirSync(join(facts, folder)).map((name) => join(facts, folder, name))
  }

  test('are taken by the next, and not where their file is changed', () => {
    const home = temporaryFolder('history')
    expect(cached(home).cached).toBe(0)
    expect(cached(home)).toMatchObject({ cached: commits.length, exit: 0 })
    const [file = ''] = segments(home)
    const bytes = readFileSync(file)
    for (let at = 40; at < bytes.length; at += 700) bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(file, bytes)
    expect(cached(home)).toMatchObject({ cached: 0, exit: 0 })
  })

  test.each([
    ['no JSON', () => 'nonsense'],
    ['another shape', () => '[{"state":"accepted"}]'],
    ['nothing', () => 'null'],
    ['times that are none', (text: string) => text.replaceAll('"time":', '"time":1e300,"when":')],
    ['findings of fewer places', (text: string) => JSON.stringify(JSON.parse(text).slice(1))],
    ['findings of more places', (text: string) => JSON.stringify([...JSON.parse(text), ...JSON.parse(text)])],
  ])('are found anew where a record with a good sum holds %s, and kept again', (_, change) => {
    const home = temporaryFolder('history')
    cached(home)
    const [file = ''] = segments(home)
    writeFileSync(file, rewritten(readFileSync(file), change))
    expect(cached(home)).toMatchObject({ cached: 0, exit: 0 })
    expect(cached(home)).toMatchObject({ cached: commits.length, exit: 0 })
  })

  test('are neither taken nor kept in a folder that others can enter', () => {
    const home = temporaryFolder('history')
    cached(home)
    chmodSync(join(home, 'gitsigil'), 0o755)
    expect(cached(home).cached).toBe(0)
    chmodSync(join(home, 'gitsigil'), 0o700)
    const [file = ''] = segments(home)
    chmodSync(file, 0o666)
    expect(cached(home).cached).toBe(0)
  })

  test('of another trusted root are not asked', () => {
    const home = temporaryFolder('history')
    cached(home)
    const other = join(temporaryFolder('history'), 'root.json')
    writeFileSync(other, `${readFileSync(root, 'utf8')} `)
    const { stdout } = verifyIn(build, history, ['--history', 'main', '--json'], {
      root: other,
      env: { XDG_CACHE_HOME: home },
    })
    expect((JSON.parse(stdout) as { summary: { cached: number } }).summary.cached).toBe(0)
  })
})

/** A segment whose every record holds another text under its key, with sums that are right. */
function rewritten(segment: Buffer, change: (text: string) => string): Buffer {
  const trailer = segment.subarray(-TRAILER)
  const length = indexLength(trailer) ?? 0
  const index = decodeIndex(segment.subarray(-TRAILER - length, -TRAILER), trailer) ?? []
  const records: Buffer[] = []
  let end = 0
  const moved = index.map(([slot, at]) => {
    const record = segment.subarray(at)
    const key = record.subarray(0, 32)
    const fresh = encodeRecord(key, change(decodeRecord(record, key) ?? ''))
    records.push(fresh)
    end += fresh.length
    return [slot, end - fresh.length] as const
  })
  return Buffer.concat([...records, encodeIndex(moved)])
}

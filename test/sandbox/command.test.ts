import { Buffer } from 'node:buffer'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { NOTICE } from '../../src/sandbox/notice.ts'
import type { World } from '../../src/system/world.ts'
import { type CertificateAnswer, requestCertificate } from '../support/sandbox.ts'

const program = fileURLToPath(new URL('../support/program.ts', import.meta.url))
const fullDisk = fileURLToPath(new URL('../support/full-disk.ts', import.meta.url))

let directory: string
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'gitsigil-command-')), 'state')
})
afterEach(async () => {
  await run('stop')
  await rm(join(directory, '..'), { recursive: true, force: true })
})

interface Outcome {
  readonly status: number
  readonly stdout: string
  /** Without the notice, which is always there. */
  readonly stderr: string
}

/** The command in this process. */
async function run(...args: readonly string[]): Promise<Outcome> {
  const written = ['', '', '']
  const world: World = {
    name: 'gitsigil',
    args: ['sandbox', ...args.slice(0, 1), '--directory', directory, ...args.slice(1)],
    env: {},
    cwd: '/',
    platform: process.platform,
    readStdin: async () => new Uint8Array(),
    write: (fd, data) => {
      written[fd] += data.toString()
    },
    isTerminal: () => false,
    now: Date.now,
  }
  const status = await runCommand(world)
  return outcome(status, written[1] ?? '', written[2] ?? '')
}

/** `sandbox start` in a process of its own. */
function start(folder: string, ...args: readonly string[]): Promise<Outcome> {
  const full = [program, 'sandbox', 'start', '--directory', folder, ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, full, (error, stdout, stderr) => {
      resolve(outcome(error === null ? 0 : Number(error.code), stdout, stderr))
    })
  })
}

function outcome(status: number, stdout: string, stderr: string): Outcome {
  expect(status === 2 || stderr.startsWith(`${NOTICE}\n`)).toBe(true)
  return { status, stdout, stderr: stderr.replace(`${NOTICE}\n`, '') }
}

describe('sandbox start --detach', () => {
  test('comes back when it serves, and stop when it has stopped', async () => {
    const started = await start(directory, '--detach')
    expect(started).toMatchObject({ status: 0, stderr: '' })
    expect(await run('status')).toEqual(started)
    expect((await certify()).status).toBe(200)
    expect(await run('stop')).toEqual({ status: 0, stdout: 'stopped\n', stderr: '' })
    expect(await run('stop')).toEqual({ status: 0, stdout: 'no sandbox was running\n', stderr: '' })
    expect(existsSync(join(directory, 'lock'))).toBe(false)
  })

  test('refuses a second server in one line', async () => {
    await start(directory, '--detach')
    const pid = record().pid
    const stderr =
      `gitsigil: error: sandbox: ${directory} is in use by process ${pid}\n` +
      'gitsigil: hint: gitsigil sandbox status says where it serves, sandbox stop ends it; --directory names another\n'
    expect(await start(directory, '--detach')).toEqual({ status: 3, stdout: '', stderr })
    expect(await start(directory)).toEqual({ status: 3, stdout: '', stderr })
  })

  test('goes on after kill -9 where it stopped', async () => {
    await start(directory, '--detach')
    const { pid, urls } = record()
    const before = await certify()
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(async () => expect((await run('status')).status).toBe(3))
    expect((await start(directory, '--detach')).status).toBe(0)
    expect(record().urls).toEqual(urls)
    const after = await certify()
    expect(after.chain[1]?.bytes).toEqual(before.chain[1]?.bytes)
    const head = (await (await fetch(`${urls['ct']}/ct/v1/get-sth`)).json()) as { tree_size: number }
    expect(head.tree_size).toBe(2)
  })

  test('says why it did not start', async () => {
    await start(directory, '--detach')
    const port = new URL(record().urls['tsa'] ?? '').port
    const taken = await start(`${directory}2`, '--detach', `--port=tuf=${port}`)
    expect(taken.status).toBe(3)
    expect(taken.stderr).toBe(`gitsigil: error: sandbox: it did not start: port ${port} is in use\n`)
  })
})

test.each(['status', 'env', 'token --email kim@example.com'])(
  '%s without a sandbox says how to start one',
  async (line) => {
    expect(await run(...line.split(' '))).toEqual({
      status: 3,
      stdout: '',
      stderr: `gitsigil: error: sandbox: none is running in ${directory}\ngitsigil: hint: gitsigil sandbox start --detach\n`,
    })
  },
)

describe('a running sandbox', () => {
  test('mints tokens of persons and workloads', async () => {
    await start(directory, '--detach')
    const email = claimsOf(await run('token', '--email', 'kim@example.com', '--aud', 'other', '--ttl', '5'))
    expect(email).toMatchObject({ email: 'kim@example.com', email_verified: true, aud: 'other' })
    expect(Number(email['exp']) - Number(email['iat'])).toBe(5)
    const github = claimsOf(await run('token', '--github', 'octo/cat@v1', '--claim', 'actor=kim', '--claim', 'n=1'))
    expect(github).toMatchObject({ repository: 'octo/cat', ref: 'refs/heads/v1', actor: 'kim', n: 1 })
    const gitlab = claimsOf(await run('token', '--gitlab', 'group/project'))
    expect(gitlab).toMatchObject({ project_path: 'group/project', ref: 'main' })
  })

  test('tells a shell, Git, gitsign and programs how to use it', async () => {
    await start(directory, '--detach')
    const { urls } = record()
    const shell = await run('env')
    const printed = execFileSync('sh', ['-c', `${shell.stdout}\necho $SIGSTORE_FULCIO_URL $SIGSTORE_REKOR_URL`])
    expect(printed.toString()).toBe(`${urls['fulcio']} ${urls['rekor1']}\n`)
    expect(shell.stdout).toContain(`export GITSIGIL_TRUSTED_ROOT=${directory}/trusted_root.json\n`)
    const git = (await run('env', '--format', 'git', '--rekor', '2')).stdout
    expect(git).toContain(`git config gitsigil.timestampServerURL ${urls['tsa']}/api/v1/timestamp\n`)
    const gitsign = (await run('env', '--format=gitsign')).stdout
    for (const [, path = ''] of gitsign.matchAll(/=(\/.*)/g)) expect(existsSync(path)).toBe(true)
    const document = JSON.parse((await run('env', '--format=json')).stdout) as Record<string, unknown>
    expect(document).toMatchObject({ notice: NOTICE, urls })
  })
})

test.each([
  [['bogus'], 'sandbox takes one of start, status, stop, env, token, not "bogus"'],
  [['start', '--fault', 'x'], '--fault "x" is not SERVICE:KIND[:N]'],
  [['start', '--port', 'x=1'], '--port "x=1" is not SERVICE=PORT'],
  [['start', '--trust-issuer', 'x'], '--trust-issuer "x" is not TYPE=URL'],
  [['start', '--email', 'x'], 'unknown flag "--email"'],
  [['env', '--format', 'x'], '--format is one of sh, git, gitsign, json, not "x"'],
  [['token'], 'a token needs exactly one of --email, --github, --gitlab, --username, --uri'],
  [['token', '--email', 'x'], '--email "x" is not an email address'],
  [['token', '--email', 'a@b.c', '--uri', 'x'], 'a token needs exactly one of'],
  [['token', '--email', 'a@b.c', '--ttl', 'x'], '--ttl "x" is not a number of seconds'],
  [['token', '--github', 'x'], '--github "x" is not OWNER/REPO[@REF]'],
] as const)('%j is a usage error', async (args, why) => {
  const { status, stdout, stderr } = await run(...args)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toContain(`gitsigil: error: ${why}`)
})

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
if (!canMount) console.warn('skipped: this machine lets nobody mount a small disk, so a full one is not tried')

test.skipIf(!canMount)('a full disk is one line, and once there is room the sandbox goes on', () => {
  const script = 'mount -t tmpfs -o size=400k tmpfs /mnt && exec "$0" "$1" /mnt'
  const { stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script, process.execPath, fullDisk])
  expect(stderr.toString()).toBe('')
  const { answers, lines, leftovers, head, isLocked } = JSON.parse(stdout.toString())
  expect(answers.map(([status]: readonly [number]) => status)).toEqual([200, 500, 200])
  expect(answers[1][1]).toMatch(/^[^\n]*no space left on the device$/)
  expect(lines).toEqual([expect.stringMatching(/^[^\n]*no space left on the device$/)])
  expect([leftovers, head.tree_size, isLocked]).toEqual([[], 2, false])
})

function record(): { readonly pid: number; readonly urls: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(directory, 'server.json'), 'utf8'))
}

async function certify(): Promise<CertificateAnswer> {
  const { stdout: token } = await run('token', '--email', 'kim@example.com')
  return await requestCertificate(record(), token.trim(), 'kim@example.com')
}

function claimsOf({ stdout }: Outcome): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString())
}

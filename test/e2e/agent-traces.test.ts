// Keys and tokens leave no trace: a whole run's files, logs, output, process arguments and the agent's own process are
// searched for them.
import { globSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoggingIn, createPerson, type Person, signedCommit } from '../support/agent.ts'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Repository, runProgram } from '../support/repository.ts'
import { configure } from '../support/repository-with-sandbox.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const hasProc = statSync('/proc/self/cmdline', { throwIfNoEntry: false }) !== undefined
/** A JWT's signed part, or a private key in any text form. */
const SECRET = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}|PRIVATE KEY|"d":\s*"/

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

/** Stands before Fulcio and writes down the tokens that it is given. */
async function startListening() {
  const tokens: string[] = []
  const server = createServer(async (request, reply) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    tokens.push(JSON.parse(body.toString()).credentials.oidcIdentityToken)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${sandbox.urls.fulcio}${request.url}`, { method: 'POST', headers, body })
    reply.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, tokens, close: () => void server.close() }
}

/** What every process of this person was started with, for as long as this goes on; others run beside the test. */
function watchArguments(home: string) {
  const seen = new Set<string>()
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      if (readProc(pid, 'environ').includes(home)) seen.add(readProc(pid, 'cmdline'))
  }
  const timer = setInterval(look, 5)
  return () => {
    clearInterval(timer)
    return [...seen].join('\n')
  }
}

function readProc(pid: string | number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // Closed meanwhile.
    return ''
  }
}

/** All files of the person, as text, by their paths. */
function filesOf(home: string): readonly (readonly [path: string, text: string])[] {
  return globSync(join(home, '**/{*,.*,.*/**}'))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => [path, readFileSync(path, 'latin1')])
}

describe.skipIf(!hasProc).each(builds)('$name', (build) => {
  const folder = temporaryFolder('traces')
  const program = installed(build)
  let kim: Person
  let repository: Repository
  let fulcio: Awaited<ReturnType<typeof startListening>>
  let output = ''
  let args = ''
  let given = ''

  beforeAll(async () => {
    kim = createPerson(folder, 'kim')
    fulcio = await startListening()
    repository = createLoggingIn(kim, 'repository', { program, sandbox, fulcio: fulcio.url })
    given = await sandbox.mintToken({ email: 'lee@example.com' })
    const env = { ...kim.env, XDG_CACHE_HOME: join(kim.home, 'cache'), XDG_DATA_HOME: join(kim.home, 'data') }
    const someone = { ...kim, env }
    const stopWatching = watchArguments(kim.home)
    const keep = ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      output += stdout + stderr
    }
    keep(await signedCommit(someone, repository, 'by a login'))
    keep(await signedCommit(someone, repository, 'by the agent'))
    configure(repository, { 'gitsigil.agent': 'true' })
    const withToken = { ...someone, env: { ...env, SIGSTORE_ID_TOKEN: given } }
    keep(await signedCommit(withToken, repository, 'by a token that the agent keeps the certificate of'))
    // What goes wrong with a token in hand is told without it.
    configure(repository, { 'gitsigil.fulcio': 'http://127.0.0.1:9', 'gitsigil.agent': 'false' })
    keep(await signedCommit(withToken, repository, 'Fulcio out of reach'))
    configure(repository, { 'gitsigil.fulcio': sandbox.urls.rekor1 })
    keep(await signedCommit(withToken, repository, 'no Fulcio at all'))
    for (const command of [['agent', 'status'], ['agent', 'status', '--json'], ['verify', '--json'], ['show']])
      keep(await runProgram([program, ...command], { cwd: repository.path, env: withToken.env }))
    args = stopWatching()
  })
  afterAll(async () => {
    fulcio.close()
    await kim.stop()
  })

  test('the run was a whole one, and the search would find something', async () => {
    expect(fulcio.tokens).toHaveLength(2)
    expect(fulcio.tokens).toContain(given)
    expect(given).toMatch(SECRET)
    expect(repository.git(['log', '--format=%GS'])).toBe('lee@example.com\nkim@example.com\nkim@example.com')
    expect((await kim.status())?.keys).toMatchObject([{ uses: 2 }, { uses: 1 }])
    expect(output).toContain('"subject":"kim@example.com"')
    expect(args).toContain('serve')
    expect(filesOf(kim.home).map(([path]) => path)).toContain(join(kim.home, 'log'))
  })

  test('no file holds a token or a private key', () => {
    const holds = (text: string) => SECRET.test(text) || fulcio.tokens.some((token) => text.includes(token))
    expect(filesOf(kim.home).flatMap(([path, text]) => (holds(text) ? [path] : []))).toEqual([])
  })

  test('no output and no process’s arguments do', () => {
    for (const text of [output, args]) {
      expect(text).not.toMatch(SECRET)
      for (const token of fulcio.tokens) expect(text).not.toContain(token)
    }
  })

  test('the agent has nothing of the process that started it: no token, terminal, pipe or folder', async () => {
    const pid = (await kim.status())?.pid ?? 0
    expect(readProc(pid, 'environ')).not.toMatch(/SIGSTORE|GITSIGIL|GIT_|eyJ/)
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/')
    // Fields of stat behind the name: state, parent, group, session.
    const [, , group, session] = readProc(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ')
    expect([group, session]).toEqual([String(pid), String(pid)])
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => [Number(fd), linkOf(`/proc/${pid}/fd/${fd}`)] as const)
    expect(open.filter(([fd]) => fd < 3).map(([, target]) => target)).toEqual(Array(3).fill('/dev/null'))
    expect(open.filter(([, target]) => target.startsWith(folder) || target.startsWith('/dev/pts'))).toEqual([])
  })
})

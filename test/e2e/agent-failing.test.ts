// An agent that is gone, stuck or hostile, or whose place somebody else made: each costs at most a second, and the commit
// is signed by a login as if there were no agent.
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, encodeAnswer } from '../../src/agent/answer.ts'
import { encodeFrame, FrameReader } from '../../src/agent/frame.ts'
import { parseRequest, type Request } from '../../src/agent/request.ts'
import { newSigningKey } from '../../src/sign/key.ts'
import { signAttributes } from '../../src/sign/sign.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { createLoggingIn, createPerson, type Person, signedCommit } from '../support/agent.ts'
import { installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { issueFor } from '../support/held.ts'
import { configure } from '../support/repository-with-sandbox.ts'
import { newKey, requestCertificate, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

/** Milliseconds for what takes no time on a machine that has nothing else to do. */
const PATIENCE = 60_000
const FINE = { status: 0, stdout: '', stderr: '' }
const isRoot = process.geteuid?.() === 0
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

describe.each(kinds)('$name', (build) => {
  const folder = temporaryFolder('failing')
  const program = installed(build)
  const people: Person[] = []
  const servers: Server[] = []
  afterAll(async () => {
    for (const server of servers) server.close()
    await Promise.all(people.map((someone) => someone.stop()))
  })

  const prepare = async (name: string) => {
    const kim = createPerson(folder, name)
    people.push(kim)
    const repository = createLoggingIn(kim, 'repository', { program, sandbox })
    const directory = dirname(kim.socket)
    mkdirSync(directory, { mode: 0o700 })
    return { kim, repository, directory, commit: (message: string) => signedCommit(kim, repository, message) }
  }
  type Prepared = Awaited<ReturnType<typeof prepare>>

  /** How long one commit takes by a login alone, as it would take without any agent. */
  let plain = 0
  beforeAll(async () => {
    const { repository, commit } = await prepare('plain')
    configure(repository, { 'gitsigil.agent': 'false' })
    const from = performance.now()
    expect(await commit('one')).toEqual(FINE)
    plain = performance.now() - from
  })

  /** The commit is signed, by a login. The second that the agent may cost is a timer of ours; a busy machine adds its own. */
  async function expectLogin({ kim, repository, commit }: Prepared, says?: RegExp): Promise<void> {
    const before = kim.logins()
    const from = performance.now()
    expect(await commit('one')).toEqual(FINE)
    const taken = performance.now() - from
    expect(kim.logins()).toBe(before + 1)
    expect(repository.git(['log', '-1', '--format=%G? %GS'])).toBe('G kim@example.com')
    console.log(`${build.name}: ${taken.toFixed(0)} ms, ${plain.toFixed(0)} ms without an agent`)
    // Not the two minutes of a login, nor for ever.
    expect(taken - plain).toBeLessThan(10_000 + 2 * plain)
    if (says !== undefined) expect(kim.log()).toMatch(says)
  }

  /** Answers every request as `answer` says. */
  async function impersonate(socket: string, answer: (request: Request) => Uint8Array | undefined) {
    const server = createServer((connection) => {
      const reader = new FrameReader()
      connection.on('error', () => undefined)
      connection.on('data', (chunk) => {
        const frame = reader.push(chunk)
        const reply = frame && answer(parseRequest(frame))
        if (reply !== undefined) connection.end(reply)
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    chmodSync(socket, 0o600)
  }
  const says = (answer: Answer) => () => encodeAnswer(answer)

  test('a dead agent: the socket is there and nobody behind it', async () => {
    const prepared = await prepare('dead')
    const { kim, commit } = prepared
    await commit('starts it')
    process.kill((await kim.status())?.pid ?? 0, 'SIGKILL')
    expect(existsSync(kim.socket)).toBe(true)
    await expectLogin(prepared)
    // Its place is taken by a new one.
    expect(await commit('two')).toEqual(FINE)
    expect(kim.logins()).toBe(2)
  })

  test('a stuck agent (SIGSTOP), and a new one takes its place', async () => {
    const prepared = await prepare('stuck')
    const { kim, commit } = prepared
    await commit('starts it')
    const pid = (await kim.status())?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    try {
      await expectLogin(prepared, /note: the agent does not answer: a new one takes its place/)
      expect(await commit('two')).toEqual(FINE)
      expect(kim.logins()).toBe(2)
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })

  test('an agent that hangs up', async () => {
    const prepared = await prepare('hangs-up')
    await impersonate(prepared.kim.socket, () => new Uint8Array())
    await expectLogin(prepared)
  })

  test('an agent that never answers', async () => {
    const prepared = await prepare('silent')
    await impersonate(prepared.kim.socket, () => undefined)
    await expectLogin(prepared, /the agent does not answer/)
  })

  test.each([
    ['garbage', () => Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
    ['a frame without an end', () => encodeFrame({ version: 1, answer: 'none' }).subarray(0, 20)],
    ['an unknown answer', () => encodeFrame({ version: 1, answer: 'granted' })],
    ['another version', () => encodeFrame({ version: 2, answer: 'none' })],
    ['an answer to something else', says({ answer: 'kept' })],
    ['a refusal', says({ answer: 'refused', why: 'no \u001b[31m' })],
    ['that it wants a confirmation', says({ answer: 'confirm' })],
  ])('an agent that answers %s', async (what, reply) => {
    const prepared = await prepare(what.replace(/ /g, '-').slice(0, 24))
    await impersonate(prepared.kim.socket, reply)
    await expectLogin(prepared)
    expect(prepared.kim.log()).not.toContain('\u001b')
  })

  /** A signature as an agent would make it, with what is wrong about it. */
  async function made(
    wrong: (request: Extract<Request, { op: 'sign' }>) => Promise<ReturnType<typeof signAttributes>>,
    sayId: () => Uint8Array | undefined = () => undefined,
  ) {
    return async (socket: string) => {
      // Made beforehand is too early: the payload is in the request.
      const server = createServer((connection) => {
        const reader = new FrameReader()
        connection.on('error', () => undefined)
        connection.on('data', async (chunk) => {
          const frame = reader.push(chunk)
          const request = frame && parseRequest(frame)
          if (request === undefined) return
          if (request.op !== 'sign') return connection.end(encodeAnswer({ answer: 'none' }))
          const { leaf, signedAttributes, signature } = await wrong(request)
          const idSignature = sayId()
          const counted = { uses: 1, forwardedUses: 0, ...(idSignature && { idSignature }) }
          const made = { certificate: leaf.bytes, attributes: signedAttributes, signature, ...counted }
          return connection.end(encodeAnswer({ answer: 'signed', ...made }))
        })
      })
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(socket, resolve))
      chmodSync(socket, 0o600)
    }
  }

  const certified = async (subject: string) => {
    const key = newKey()
    const token = await sandbox.mintToken({ email: subject })
    const { chain } = await requestCertificate(sandbox, token, subject, key)
    const [leaf] = chain
    if (leaf === undefined) throw new Error('no certificate')
    const { sign } = await import('node:crypto')
    return { leaf, key: { sign: (data: Uint8Array) => sign('sha256', data, key) } }
  }

  test.each([
    [
      'a signature of another key',
      /of another key: it is not used/,
      async ({ payload }: { payload: Uint8Array }) => {
        const { leaf } = await certified('kim@example.com')
        return signAttributes(payload, leaf, newSigningKey(), Date.now())
      },
    ],
    [
      'a signature over something else',
      /not over this payload, or of another time: it is not used/,
      async () => {
        const { leaf, key } = await certified('kim@example.com')
        return signAttributes(Buffer.from('something else'), leaf, key, Date.now())
      },
    ],
    [
      'a signature of another time',
      /not over this payload, or of another time: it is not used/,
      async ({ payload }: { payload: Uint8Array }) => {
        const { leaf, key } = await certified('kim@example.com')
        return signAttributes(payload, leaf, key, Date.now() - 3_600_000)
      },
    ],
    [
      'a certificate that no CA of the trusted root issued',
      /it is not used/,
      async ({ payload }: { payload: Uint8Array }) => {
        const key = newSigningKey()
        const subject = 'kim@example.com'
        const dates = { notBefore: Date.now() - 1_000, notAfter: Date.now() + 600_000 }
        const leaf = parseCertificate(issueFor({ spki: key.spki, subject, ...dates }))
        return signAttributes(payload, leaf, key, Date.now())
      },
    ],
    [
      'another identity than the configured one',
      /of another identity: it is not used/,
      async ({ payload }: { payload: Uint8Array }) => {
        const { leaf, key } = await certified('mallory@example.com')
        return signAttributes(payload, leaf, key, Date.now())
      },
    ],
  ])('an agent that answers with %s', async (what, message, wrong) => {
    const prepared = await prepare(what.replace(/ /g, '-').slice(0, 24))
    configure(prepared.repository, { 'gitsigil.identity': 'kim@example.com' })
    await (await made(wrong))(prepared.kim.socket)
    await expectLogin(prepared, message)
  })

  test.each([
    ['no signature over the id', /without one over the id of the object: it is not used/, () => undefined],
    ['a signature over another id', /over another id: it is not used/, () => Buffer.from('ab'.repeat(20))],
  ])('an agent that answers in online mode with %s', async (what, message, idOf) => {
    const prepared = await prepare(what.replace(/ /g, '-').slice(0, 24))
    configure(prepared.repository, { 'gitsigil.rekorMode': 'online' })
    const by = await certified('kim@example.com')
    await (
      await made(
        async ({ payload }) => signAttributes(payload, by.leaf, by.key, Date.now()),
        () => {
          const id = idOf()
          return id && by.key.sign(id)
        },
      )
    )(prepared.kim.socket)
    expect(await prepared.commit('one')).toEqual(FINE)
    expect(prepared.kim.logins()).toBe(1)
    expect(prepared.kim.log()).toMatch(message)
  })

  test('a certificate authority is never asked for a key of an agent that made no sense', async () => {
    const prepared = await prepare('planted-key')
    const asked: string[] = []
    await impersonate(prepared.kim.socket, (request) => {
      asked.push(request.op)
      return Buffer.from('nonsense')
    })
    await expectLogin(prepared)
    expect(new Set(asked)).toEqual(new Set(['sign']))
  })

  test.skipIf(!isRoot)('a socket of another user', async () => {
    const prepared = await prepare('other-user')
    await impersonate(prepared.kim.socket, says({ answer: 'none' }))
    chownSync(prepared.kim.socket, 65_534, 65_534)
    await expectLogin(prepared, /agent\.sock belongs to somebody else/)
  })

  test('a socket that is open to others', async () => {
    const prepared = await prepare('open-socket')
    await impersonate(prepared.kim.socket, says({ answer: 'none' }))
    chmodSync(prepared.kim.socket, 0o666)
    await expectLogin(prepared, /agent\.sock is open to others/)
  })

  test('something in the place of the socket that is none', async () => {
    const prepared = await prepare('no-socket')
    writeFileSync(prepared.kim.socket, '')
    await expectLogin(prepared, /agent\.sock is no socket/)
  })

  test.each([
    ['open to others', (path: string) => chmodSync(path, 0o777), /gitsigil is open to others/],
    [
      'a link to another',
      (path: string) => {
        renameSync(path, `${path}-moved`)
        symlinkSync(`${path}-moved`, path)
      },
      /gitsigil is no directory/,
    ],
    ...(isRoot
      ? [
          [
            'of another user',
            (path: string) => chownSync(path, 65_534, 65_534),
            /gitsigil belongs to somebody else/,
          ] as const,
        ]
      : []),
  ] as const)('a directory that is %s', async (what, plant, message) => {
    const prepared = await prepare(`dir-${what.replace(/ /g, '-')}`)
    await impersonate(prepared.kim.socket, says({ answer: 'none' }))
    plant(prepared.directory)
    await expectLogin(prepared, message)
  })

  test('the agent’s own directory and socket are for their owner alone', async () => {
    const prepared = await prepare('modes')
    chmodSync(prepared.directory, 0o700)
    await expectLogin(prepared)
    expect([statSync(prepared.directory).mode & 0o777, statSync(prepared.kim.socket).mode & 0o777]).toEqual([
      0o700, 0o600,
    ])
  })

  test('a login that is cancelled fails those who waited for it as well, and nobody is asked again', async () => {
    const { kim, repository } = await prepare('cancelled')
    const script = join(kim.home, 'note.sh')
    writeFileSync(script, `#!/bin/sh\necho "$1" >> ${join(kim.home, 'logins')}\n`, { mode: 0o755 })
    configure(repository, { 'gitsigil.urlOpener': `${script} {{.URL}}` })
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'one'])
    const tags = ['a', 'b', 'c', 'd']
    const running = Promise.all(tags.map((tag) => repository.run(['tag', '-s', '-m', tag, tag], kim.env)))
    const waiting = () => kim.log().split('waiting for the login that another signer has begun').length - 1
    await expect.poll(waiting, { timeout: PATIENCE }).toBe(tags.length - 1)
    await cancel(new URL(readFileSync(join(kim.home, 'logins'), 'utf8')))
    const ran = await running
    expect(ran.every(({ status }) => status !== 0)).toBe(true)
    expect(kim.logins()).toBe(1)
    expect(repository.git(['tag'])).toBe('')
  })

  test('an agent ends by itself when it holds nothing', async () => {
    const { kim } = await prepare('idle')
    execFileSync(program, ['agent', 'start', '--idle=1'], { env: { ...process.env, ...kim.env } })
    const pid = (await kim.status())?.pid ?? 0
    await expect.poll(() => isAlive(pid), { timeout: PATIENCE }).toBe(false)
    expect(existsSync(kim.socket)).toBe(false)
  })

  test('an agent ends when its socket is gone or another one’s, keys or not', async () => {
    const { kim, commit } = await prepare('unreachable')
    await commit('the login')
    const pid = (await kim.status())?.pid ?? 0
    rmSync(kim.socket)
    await expect.poll(() => isAlive(pid), { timeout: PATIENCE }).toBe(false)
  })

  test('forwarding: only where it is allowed, counted, for signatures alone', async () => {
    const home = await prepare('home')
    const away = await prepare('away')
    execFileSync(program, ['agent', 'start', '--forward=true'], { env: { ...process.env, ...home.kim.env } })
    await home.commit('the login')
    // As ssh -R does.
    const socket = join(away.kim.home, 'run', 'home.sock')
    const forward = join(home.directory, 'forward.sock')
    const bridge = `const n=require('net');n.createServer(a=>{const b=n.connect(${JSON.stringify(forward)});a.pipe(b).pipe(a);a.on('error',()=>{});b.on('error',()=>{})}).listen(process.argv[1],()=>{require('fs').chmodSync(process.argv[1],0o600);console.log('ready')})`
    const child = spawn(process.execPath, ['-e', bridge, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const forwarded = { ...away.kim, env: { ...away.kim.env, GITSIGIL_AGENT_SOCK: socket } }
    expect(await signedCommit(forwarded, away.repository, 'from afar')).toEqual(FINE)
    expect(away.kim.logins()).toBe(0)
    expect(away.kim.log()).toContain('signed by the forwarded agent as kim@example.com')
    const status = await home.kim.status()
    expect(status).toMatchObject({ forward, keys: [{ uses: 2, forwardedUses: 1 }] })
    expect(status?.log.at(-1)).toMatch(/a commit by kim@example\.com as kim@example\.com .*, use 2, forwarded use 1$/)
    child.kill()
    // Gone, it costs nothing but the login here.
    expect(await signedCommit(forwarded, away.repository, 'alone')).toEqual(FINE)
    expect(away.kim.logins()).toBe(1)
  })

  test('forwarding: not allowed unless somebody says so', async () => {
    const { commit, directory } = await prepare('closed')
    await commit('the login')
    expect(existsSync(join(directory, 'forward.sock'))).toBe(false)
  })

  test.each([
    ['yes', 0],
    ['no', 1],
  ])('forwarding with confirmation, answered %s', async (answer, logins) => {
    const home = await prepare(`confirm-${answer}`)
    const away = await prepare(`confirmed-${answer}`)
    const askpass = join(home.kim.home, 'askpass')
    writeFileSync(
      askpass,
      `#!/bin/sh\necho "$SSH_ASKPASS_PROMPT: $1" >> ${join(home.kim.home, 'asked')}\nexit ${logins}\n`,
      { mode: 0o755 },
    )
    const env = { ...process.env, ...home.kim.env, SSH_ASKPASS: askpass }
    execFileSync(program, ['agent', 'start', '--forward=confirm'], { env })
    await home.commit('the login')
    expect(existsSync(join(home.kim.home, 'asked'))).toBe(false)
    const socket = join(home.directory, 'forward.sock')
    const forwarded = { ...away.kim, env: { ...away.kim.env, GITSIGIL_AGENT_SOCK: socket } }
    configure(away.repository, { 'gitsigil.agentForward': 'confirm' })
    expect(await signedCommit(forwarded, away.repository, 'from afar')).toEqual(FINE)
    expect(away.kim.logins()).toBe(logins)
    expect(existsSync(join(home.kim.home, 'asked'))).toBe(true)
  })

  test("gitsign's cache is not used, and one line says why", async () => {
    const { kim, repository } = await prepare('cache')
    const env = { ...kim.env, GITSIGN_CREDENTIAL_CACHE: join(kim.home, 'cache.sock') }
    expect(await signedCommit({ ...kim, env }, repository, 'one')).toEqual(FINE)
    expect(kim.log()).toMatch(
      /^gitsigil: warning: GITSIGN_CREDENTIAL_CACHE \(environment\) is not used: .*private key/m,
    )
  })
})

/** What the issuer's page does for somebody who changes their mind. */
async function cancel({ searchParams }: URL): Promise<void> {
  const state = searchParams.get('state') ?? ''
  const answer = new URLSearchParams({ error: 'access_denied', state, iss: sandbox.urls.issuer })
  await fetch(`${searchParams.get('redirect_uri')}?${answer}`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

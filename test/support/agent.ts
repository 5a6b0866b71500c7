// Repositories whose signer has to log in: on a sandbox, by a person who is a program, with an agent of their own.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { AgentStatus } from '../../src/agent/answer.ts'
import { askAgent } from '../../src/agent/ask.ts'
import type { Repository, Run } from './repository.ts'
import { configure, initRepository } from './repository-with-sandbox.ts'
import type { TestSandbox } from './sandbox.ts'

const person = fileURLToPath(new URL('log-in.ts', import.meta.url))

/** What one person's runs share: home, runtime folder, browser. */
export interface Person {
  readonly home: string
  /** Variables for everything that runs as this person. */
  readonly env: Readonly<Record<string, string>>
  readonly socket: string
  /** Who signs in from now on. */
  become(email: string): void
  /** How often somebody logged in. */
  logins(): number
  /** What Git's signers said: Git drops it. */
  log(): string
  status(): Promise<AgentStatus | undefined>
  stop(): Promise<void>
}

export function createPerson(folder: string, name: string, email = 'kim@example.com'): Person {
  const home = join(folder, name)
  const runtime = join(home, 'run')
  mkdirSync(home)
  mkdirSync(runtime, { mode: 0o700 })
  const socket = join(runtime, 'gitsigil', 'agent.sock')
  const where = { socket, platform: process.platform, patience: 5_000 }
  const [who, count] = [join(home, 'who'), join(home, 'logins')]
  writeFileSync(who, email)
  return {
    home,
    socket,
    env: { HOME: home, XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: join(home, 'state'), GITSIGIL_LOG: join(home, 'log') },
    become: (address) => writeFileSync(who, address),
    logins: () => (existsSync(count) ? readFileSync(count, 'utf8').split('\n').length - 1 : 0),
    log: () => readFileSync(join(home, 'log'), 'utf8'),
    async status() {
      const asked = await askAgent({ op: 'status' }, where)
      return asked.answer === 'status' ? asked : undefined
    },
    async stop() {
      await askAgent({ op: 'stop' }, where)
    },
  }
}

export interface LoggingIn {
  readonly program: string
  readonly sandbox: Pick<TestSandbox, 'urls' | 'trustedRoot' | 'signingConfig'>
  /** Instead of the sandbox's. */
  readonly fulcio?: string
}

/** A repository of this person, who has no token. */
export function createLoggingIn(someone: Person, name: string, { program, sandbox, fulcio }: LoggingIn): Repository {
  const repository = initRepository(someone.home, name)
  const files = { trustedRoot: 'trusted_root.json', signingConfig: 'signing_config.json' } as const
  for (const [key, file] of Object.entries(files))
    writeFileSync(join(someone.home, file), sandbox[key as keyof typeof files])
  configure(repository, {
    'gpg.x509.program': program,
    'gitsigil.trustedRoot': join(someone.home, files.trustedRoot),
    'gitsigil.signingConfig': join(someone.home, files.signingConfig),
    'gitsigil.issuer': sandbox.urls.issuer,
    'gitsigil.rekorVersion': '1',
    'gitsigil.keychain': 'false',
    'gitsigil.allow': `${sandbox.urls.issuer} kim@example.com`,
    'gitsigil.urlOpener': `${process.execPath} ${person} ${join(someone.home, 'who')} ${join(someone.home, 'logins')} {{.URL}}`,
    ...(fulcio === undefined ? {} : { 'gitsigil.fulcio': fulcio }),
  })
  return repository
}

export function signedCommit(someone: Person, repository: Repository, message: string): Promise<Run> {
  return repository.run(['commit', '--quiet', '--allow-empty', '-S', '-m', message], someone.env)
}

export interface Counting {
  readonly url: string
  count(): number
  close(): void
}

/** Stands before a service, counts what it is asked, and takes its time. */
export async function startCounting(target: string, delay = 0): Promise<Counting> {
  let count = 0
  const server = createServer(async (request, reply) => {
    count++
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    await new Promise((resolve) => setTimeout(resolve, delay))
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    })
    reply.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    reply.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, count: () => count, close: () => void server.close() }
}

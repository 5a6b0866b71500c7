// Signed commits on the sandbox, with a proxy before each service that notes when somebody waited for it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { timeOf } from './measure.ts'

export interface SandboxHandle {
  readonly directory: string
  /** The build that serves and, where no other is named, signs. */
  readonly command: readonly string[]
  /** What a signer needs, a token included. */
  readonly environment: Readonly<Record<string, string>>
  stop(): void
}

/** Starts a sandbox with the last of the builds. */
export function openSandbox(builds: Readonly<Record<string, readonly string[]>>, directory: string): SandboxHandle {
  const command = Object.values(builds).at(-1) ?? []
  const [executable = '', ...rest] = command
  const sandbox = (...args: readonly string[]) =>
    execFileSync(executable, [...rest, 'sandbox', ...args, '--directory', directory], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  sandbox('start', '--detach')
  const { env } = JSON.parse(sandbox('env', '--format', 'json')) as { env: Record<string, string> }
  const token = sandbox('token', '--email', 'bench@example.com').trim()
  return { directory, command, environment: { ...env, SIGSTORE_ID_TOKEN: token }, stop: () => void sandbox('stop') }
}

/** One empty commit in the repository, signed unless `environment` is absent; gives its milliseconds. */
export function commitOn(
  cwd: string,
  program: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<number> {
  const wrapper = join(cwd, '.git', 'signer')
  writeFileSync(wrapper, `#!/bin/sh\nexec ${program.map((word) => `'${word}'`).join(' ')} "$@"\n`, { mode: 0o755 })
  const config = ['user.name=Bench', 'user.email=bench@example.com', 'gpg.format=x509', `gpg.x509.program=${wrapper}`]
  const options = config.flatMap((entry) => ['-c', entry])
  const sign = environment === undefined ? '--no-gpg-sign' : '-S'
  const command = ['git', ...options, 'commit', '--quiet', '--allow-empty', '-m', 'bench', sign]
  return timeOf({ name: 'git commit', command, cwd, ...(environment === undefined ? {} : { env: environment }) })
}

/** Milliseconds that one signature costs of our own time, one a round. */
export async function signingRounds(
  sandbox: SandboxHandle,
  program: readonly string[],
  path: string,
  rounds: number,
): Promise<readonly number[]> {
  mkdirSync(path)
  execFileSync('git', ['init', '--quiet', path])
  const proxies = await openProxies(sandbox.environment)
  const own: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    const plain = await commitOn(path, program)
    proxies.forget()
    const signed = await commitOn(path, program, proxies.environment)
    if (round >= 0) own.push(signed - plain - proxies.busy())
  }
  proxies.close()
  return own
}

interface Proxies {
  readonly environment: Readonly<Record<string, string>>
  forget(): void
  /** Milliseconds in which at least one request was under way. */
  busy(): number
  close(): void
}

async function openProxies(environment: Readonly<Record<string, string>>): Promise<Proxies> {
  const clock = busyClock()
  const servers: Server[] = []
  const proxied: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (!/^http:.*/.test(value) || name.endsWith('ISSUER')) continue
    const server = createServer((asked, answer) => forward(new URL(value), asked, answer, clock))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    servers.push(server)
    proxied[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  return {
    ...clock,
    environment: { ...environment, ...proxied },
    close: () => servers.forEach((server) => void server.close()),
  }
}

function forward(to: URL, asked: IncomingMessage, answer: ServerResponse, clock: ReturnType<typeof busyClock>): void {
  clock.enter()
  answer.on('close', clock.leave)
  const options = { host: to.hostname, port: to.port, method: asked.method, path: asked.url, headers: asked.headers }
  const onward = request(options, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(answer)
  })
  onward.on('error', () => answer.destroy())
  asked.pipe(onward)
}

/** Requests that overlap count once. */
function busyClock() {
  let open = 0
  let since = 0
  let total = 0
  return {
    enter: () => {
      if (open === 0) since = performance.now()
      open += 1
    },
    leave: () => {
      open -= 1
      if (open === 0) total += performance.now() - since
    },
    forget: () => {
      total = 0
    },
    busy: () => total,
  }
}

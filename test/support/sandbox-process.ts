// A sandbox as people run it: a process of its own, started by one of the builds, over a directory that outlives it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServiceName } from '../../src/sandbox/service.ts'
import type { Build } from './builds.ts'
import { runProgram } from './repository.ts'

export interface SandboxProcess {
  readonly pid: number
  readonly directory: string
  readonly urls: Readonly<Record<ServiceName, string>>
  /** What `sandbox ACTION` prints; it must succeed. */
  ask(action: 'env' | 'token', ...flags: readonly string[]): Promise<string>
  /** Everything it has said on stderr. */
  said(): string
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Resolves when it serves. Where it ends before that, the error holds what it said. */
export async function startSandboxProcess(
  build: Build,
  directory: string,
  ...flags: readonly string[]
): Promise<SandboxProcess> {
  const [program = '', ...args] = [...build.command, 'sandbox', 'start', `--directory=${directory}`, ...flags]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = collect(child)
  const closed = once(child, 'close')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await closed
  }
  return {
    pid: child.pid ?? 0,
    directory,
    urls: await output.urls,
    said: output.said,
    ask: (action, ...more) => askSandbox(build, directory, action, ...more),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

/** What a command about the sandbox in the directory prints; it must succeed. */
export async function askSandbox(build: Build, directory: string, action: string, ...flags: readonly string[]) {
  const command = [...build.command, 'sandbox', action, `--directory=${directory}`, ...flags]
  const { status, stdout, stderr } = await runProgram(command, { cwd: '/' })
  if (status !== 0) throw new Error(stderr)
  return stdout.replace(/\n$/, '')
}

// The rows `SERVICE URL` and, last, the directory's.
function collect(child: ChildProcess) {
  let [stdout, stderr] = ['', '']
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const urls = new Promise<Record<ServiceName, string>>((resolve, reject) => {
    child.once('close', () => reject(new Error(`the sandbox ended: ${stderr}`)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (/^directory .*\n/m.test(stdout)) resolve(readUrls(stdout))
    })
  })
  return { urls, said: () => stderr }
}

function readUrls(text: string): Record<ServiceName, string> {
  const rows = [...text.matchAll(/^(\w+) +(http\S+)$/gm)].map(([, name, url]) => [name, url])
  return Object.fromEntries(rows) as Record<ServiceName, string>
}

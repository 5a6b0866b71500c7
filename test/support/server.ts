// A bare repository that takes pushes by receive-pack through our hook, and clones of people who push to it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository, type Repository, type Run, runProgram } from './repository.ts'
import { configure, createOnSandbox, type Setup, useSandbox } from './repository-with-sandbox.ts'

export interface Server extends Repository {
  readonly url: string
  /** Ref names and ids, a line each. */
  refs(): string
}

/** Its hooks are installed by the program itself. */
export async function createServer(
  folder: string,
  name: string,
  setup: Setup,
  hooks: readonly string[] = ['pre-receive'],
): Promise<Server> {
  const path = join(folder, `${name}.git`)
  mkdirSync(path)
  const repository = openRepository(path)
  repository.git(['init', '--quiet', '--bare', '--initial-branch=main', ...(setup.init ?? [])])
  await useSandbox(repository, setup)
  const installed = await runProgram([setup.program, 'hook', 'install', ...hooks, `--program=${setup.program}`], {
    cwd: path,
  })
  if (installed.status !== 0) throw new Error(installed.stderr)
  return { ...repository, url: `file://${path}`, refs: () => repository.git(['show-ref']) }
}

/** A repository whose `origin` is the server; nothing is pushed yet. */
export async function createPusher(folder: string, name: string, setup: Setup, server: Server): Promise<Repository> {
  const repository = await createOnSandbox(folder, name, setup)
  repository.git(['remote', 'add', 'origin', server.url])
  configure(repository, { 'commit.gpgsign': 'true' })
  return repository
}

/** Pushes, and gives what Git said of it; lines from the server without their prefix. */
export async function push(
  repository: Repository,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run & { readonly remote: string }> {
  const ran = await repository.run(['push', '--quiet', ...args], env)
  const remote = [...ran.stderr.matchAll(/^remote: (.*?) *$/gm)].map(([, line = '']) => `${line}\n`).join('')
  return { ...ran, remote }
}

// Repositories that sign through one of the builds on a sandbox, set up as a person would: by what `sandbox env` prints.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openRepository, type Repository, type Run, runProgram } from './repository.ts'
import type { SandboxProcess } from './sandbox-process.ts'

export interface Setup {
  /** What Git calls. */
  readonly program: string
  readonly sandbox: SandboxProcess
  readonly rekor?: '1' | '2'
  /** Whose token signs. */
  readonly email?: string
  readonly init?: readonly string[]
}

/** `folder` must not hold a repository of this name yet. */
export async function createOnSandbox(folder: string, name: string, setup: Setup): Promise<Repository> {
  const repository = initRepository(folder, name, setup.init)
  await useSandbox(repository, setup)
  await signAs(repository, setup.sandbox, setup.email)
  return repository
}

/** A repository whose Git knows a person and nothing of gitsigil. */
export function initRepository(folder: string, name: string, flags: readonly string[] = []): Repository {
  const path = join(folder, name)
  mkdirSync(path)
  const repository = openRepository(path)
  repository.git(['init', '--quiet', '--initial-branch=main', ...flags])
  configure(repository, { 'user.name': 'Kim', 'user.email': 'kim@example.com', 'gpg.format': 'x509' })
  return repository
}

/** The settings that `sandbox env` prints, in the repository's own configuration. */
export async function useSandbox(repository: Repository, { program, sandbox, rekor = '1' }: Setup): Promise<void> {
  const settings = await sandbox.ask('env', '--format=git', `--rekor=${rekor}`)
  const { status, stderr } = await runProgram(['sh', '-ec', settings], { cwd: repository.path })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  configure(repository, { 'gpg.x509.program': program })
}

/** Signs with a token for this address from now on, or with one made by other flags. */
export async function signAs(
  repository: Repository,
  sandbox: SandboxProcess,
  email = 'kim@example.com',
  ...flags: readonly string[]
): Promise<void> {
  const file = `${repository.path}.token`
  writeFileSync(file, await sandbox.ask('token', `--email=${email}`, ...flags))
  configure(repository, { 'gitsigil.identityToken': file })
}

/** As `git config --replace-all` does; what is new is written by hand, for a child each takes longer than many a test. */
export function configure(repository: Repository, settings: Readonly<Record<string, string>>): void {
  const file = join(repository.path, '.git', 'config')
  const before = existsSync(file) ? readFileSync(file, 'utf8').toLowerCase() : undefined
  for (const [key, value] of Object.entries(settings)) {
    const name = key.slice(key.lastIndexOf('.') + 1)
    if (before?.includes(`\t${name.toLowerCase()} = `) === false) appendFileSync(file, configLines(key, name, value))
    else repository.git(['config', '--replace-all', key, value])
  }
}

/** `gpg.x509.program` is `[gpg "x509"]` and `program = "..."`. */
function configLines(key: string, name: string, value: string): string {
  const [section = '', ...subsection] = key.slice(0, -name.length - 1).split('.')
  const header = subsection.length === 0 ? section : `${section} ${JSON.stringify(subsection.join('.'))}`
  return `[${header}]\n\t${name} = ${JSON.stringify(value)}\n`
}

/** Makes the signatures of this address good ones. */
export function allow(repository: Repository, sandbox: SandboxProcess, email = 'kim@example.com'): void {
  repository.git(['config', '--add', 'gitsigil.allow', `${sandbox.urls.issuer} ${email}`])
}

/** A signed commit on the current branch; gives its id. */
export async function commit(repository: Repository, message: string, ...flags: readonly string[]): Promise<string> {
  expect(await tryCommit(repository, message, ...flags)).toEqual({ status: 0, stdout: '', stderr: '' })
  return repository.git(['rev-parse', 'HEAD'])
}

/** Tries to make one. */
export function tryCommit(repository: Repository, message: string, ...flags: readonly string[]): Promise<Run> {
  return repository.run(['commit', '--quiet', '--allow-empty', '-S', '-m', message, ...flags])
}

/** What `git log` shows of one object. */
export function shown(repository: Repository, format: string, ...revs: readonly string[]): string {
  return repository.git(['log', '--no-walk', `--format=${format}`, ...revs])
}

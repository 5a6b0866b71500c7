// A repository whose commits were signed in online mode on a sandbox of this process, without a child for each.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../src/cli/main.ts'
import { type Login, logIn, logText, type OnlineSigned, signAlone } from './online.ts'
import { createRepository, type Repository } from './repository.ts'
import type { TestSandbox } from './sandbox.ts'
import { testWorld } from './world.ts'

export interface OnlineHistory {
  readonly repository: Repository
  /** Oldest first. */
  readonly commits: readonly OnlineSigned[]
  /** Runs a command there. */
  run(...args: readonly string[]): Promise<{ readonly exit: number; readonly stdout: string; readonly stderr: string }>
}

/** Every commit is logged, but for those that `isLogged` leaves out. */
export async function createOnlineHistory(
  sandbox: TestSandbox,
  count: number,
  isLogged: (index: number) => boolean = () => true,
): Promise<OnlineHistory> {
  const repository = createRepository()
  const path = join(repository.path, '.git', 'trusted_root.json')
  writeFileSync(path, sandbox.trustedRoot)
  repository.git(['config', 'gitsigil.trustedRoot', path])
  repository.git(['config', 'gitsigil.rekor', sandbox.urls.rekor1])
  const commits = await signChain(sandbox, repository, await logIn(sandbox), count, isLogged)
  return {
    repository,
    commits,
    async run(...args) {
      const world = testWorld({ args, cwd: repository.path })
      const exit = await runCommand(world)
      return { exit, stdout: world.output(1), stderr: world.output(2) }
    },
  }
}

async function signChain(
  sandbox: TestSandbox,
  repository: Repository,
  login: Login,
  count: number,
  isLogged: (index: number) => boolean,
): Promise<readonly OnlineSigned[]> {
  const tree = repository.git(['mktree'], '')
  const commits: OnlineSigned[] = []
  const stream: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const parent = commits.at(-1)?.oid
    const person = `Kim <kim@example.com> ${1_700_000_000 + index} +0000`
    const head = `tree ${tree}\n${parent === undefined ? '' : `parent ${parent}\n`}`
    const payload = Buffer.from(`${head}author ${person}\ncommitter ${person}\n\nnumber ${index}\n`)
    commits.push(signAlone(login, payload))
  }
  await Promise.all(commits.filter((_, index) => isLogged(index)).map(({ oid }) => logText(sandbox, login, oid)))
  for (const { object } of commits) stream.push(object.bytes)
  const oids = stream.map((bytes) => repository.store('commit', bytes))
  const last = oids.at(-1)
  if (last !== undefined) repository.git(['update-ref', 'refs/heads/main', last])
  return commits
}

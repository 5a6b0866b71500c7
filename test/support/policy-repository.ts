// A repository whose commits are signed on a sandbox by whoever a test says, with a policy in it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { createRepository, type Repository, type Run, runProgram } from './repository.ts'
import type { TestSandbox } from './sandbox.ts'

export interface PolicyRepository extends Repository {
  readonly issuer: string
  /** A signed commit of what is given, and of nothing else; gives its id. */
  commit(by: string, files?: Readonly<Record<string, string>>): Promise<string>
  /** Runs git with a token for this address. */
  as(by: string, ...args: readonly string[]): Promise<Run>
  /** Runs the program itself there, with a token where one is needed. */
  sigil(args: readonly string[], by?: string): Promise<Run>
}

export const POLICY = '.gitsigil/policy.yaml'

/** @param folder holds the sandbox's trusted_root.json and signing_config.json */
export function createPolicyRepository(sandbox: TestSandbox, folder: string, program: string): PolicyRepository {
  const repository = createRepository()
  const settings = {
    'gpg.x509.program': program,
    'gitsigil.trustedRoot': join(folder, 'trusted_root.json'),
    'gitsigil.signingConfig': join(folder, 'signing_config.json'),
    'gitsigil.agent': 'false',
  }
  for (const [key, value] of Object.entries(settings)) repository.git(['config', key, value])
  const tokenOf = async (by: string) => ({ SIGSTORE_ID_TOKEN: await sandbox.mintToken({ email: `${by}@example.com` }) })
  const as = async (by: string, ...args: readonly string[]) => await repository.run(args, await tokenOf(by))
  return {
    ...repository,
    issuer: sandbox.urls.issuer,
    as,
    async commit(by, files = {}) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(repository.path, path)), { recursive: true })
        writeFileSync(join(repository.path, path), text)
        repository.git(['add', path])
      }
      const run = await as(by, 'commit', '--quiet', '--allow-empty', '-S', '-m', `by ${by}`)
      expect(run).toEqual({ status: 0, stdout: '', stderr: '' })
      return repository.git(['rev-parse', 'HEAD'])
    },
    sigil: async (args, by) =>
      await runProgram([program, ...args], { cwd: repository.path, env: by === undefined ? {} : await tokenOf(by) }),
  }
}

/** A policy by which the first may change it and all may commit. */
export function policyOfPeople(issuer: string, people: readonly string[], rest = ''): string {
  return `version: 1
identities:
${people.map((name) => `  ${name}: { issuer: '${issuer}', subject: ${name}@example.com }\n`).join('')}groups:
  everybody: [${people.join(', ')}]
policy:
  authorities: [${people[0]}]
rules:
  - { name: all, authorities: [everybody] }
${rest}`
}

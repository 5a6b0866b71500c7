// What is verified: a commit of the corpus, or one signed on the sandbox where the corpus is absent.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { splitCommit } from '../src/git/object.ts'
import { commitOn, type SandboxHandle } from './bench-sign.ts'

export interface Question {
  /** For people. */
  readonly what: string
  readonly args: readonly string[]
  readonly payload: Uint8Array
  /** A repository whose configuration names the trusted root. */
  readonly cwd: string
}

const CORPUS = resolve('../shared/corpus')

/** Undefined where the corpus is absent. */
export function corpusQuestion(folder: string): Question | undefined {
  if (!existsSync(`${CORPUS}/expected.json`)) return undefined
  const records = JSON.parse(readFileSync(`${CORPUS}/expected.json`, 'utf8')) as {
    oid: string
    type: string
    gitsign?: string
  }[]
  const record = records.find(({ type, gitsign }) => type === 'commit' && gitsign === 'good')
  if (record === undefined) return undefined
  const cwd = repository(join(folder, 'verify'), `${CORPUS}/trusted_root.json`)
  return question('a commit of the corpus', readFileSync(`${CORPUS}/objects/${record.oid}.commit`), cwd)
}

export async function sandboxQuestion(folder: string, sandbox: SandboxHandle): Promise<Question> {
  const cwd = repository(join(folder, 'verify'), join(sandbox.directory, 'trusted_root.json'))
  await commitOn(cwd, sandbox.command, sandbox.environment)
  return question('a commit signed on the sandbox', execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd }), cwd)
}

function question(what: string, object: Uint8Array, cwd: string): Question {
  const { payload, signature } = splitCommit(object, 'sha1')
  if (signature === undefined) throw new Error(`${what} has no signature`)
  writeFileSync(join(cwd, 'signature'), signature)
  return { what, args: ['--status-fd=1', '--verify', 'signature', '-'], payload, cwd }
}

function repository(path: string, trustedRoot: string): string {
  mkdirSync(path)
  execFileSync('git', ['init', '--quiet', path])
  execFileSync('git', ['-C', path, 'config', 'gitsigil.trustedRoot', trustedRoot])
  return path
}

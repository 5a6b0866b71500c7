// A made-up signed history in a bare repository, and a program that verifies it and expects its signers.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type HistoryOptions, makeHistory } from '../../scripts/history-maker/history.ts'
import type { Build } from './builds.ts'
import { temporaryFolder } from './folder.ts'

/** The flags by which everybody who signs in it is expected. */
export const EXPECTED = [
  '--certificate-identity-regexp=signer[0-9]+@example[.]com',
  '--certificate-oidc-issuer=https://accounts.example.com',
] as const

/** Its path; `trusted_root.json` lies in it. */
export function createHistory(options: Partial<HistoryOptions> & Pick<HistoryOptions, 'commits'>): string {
  const path = join(temporaryFolder('history'), 'history.git')
  makeHistory(path, { seed: 1, unsigned: false, ...options })
  return path
}

export interface Verifying {
  readonly root: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** `verify ARGS` in `cwd`, whatever comes of it. */
export function verifyIn(
  { command: [program = '', ...first] }: Build,
  cwd: string,
  args: readonly string[],
  { root, env, input = '' }: Verifying,
): SpawnSyncReturns<string> {
  return spawnSync(program, [...first, 'verify', `--trusted-root=${root}`, ...EXPECTED, ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 28,
  })
}

export function gitIn(cwd: string, args: readonly string[], input: Uint8Array | string = ''): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8', input, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
  return stdout.trimEnd()
}

// Git's verify door in this process: a payload and a signature file go in, status lines and exit status come out.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { enterGitDoor } from '../../src/gpg/door.ts'
import { type TestWorld, testWorld } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-door-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

export interface Answer {
  readonly exit: number
  /** Status lines without their prefix. */
  readonly status: readonly string[]
  readonly stderr: string
  readonly world: TestWorld
}

export interface Question {
  readonly payload: Uint8Array | string
  /** The signature's file; none is written where it is undefined. */
  readonly signature: Uint8Array | string | undefined
  readonly env?: Record<string, string>
  readonly name?: string
  readonly cwd?: string
}

export async function askDoor({
  payload,
  signature,
  env = {},
  name = 'gitsigil',
  cwd = folder,
}: Question): Promise<Answer> {
  const file = join(folder, 'signature')
  rmSync(file, { force: true })
  if (signature !== undefined) writeFileSync(file, signature)
  const args = ['--status-fd=1', '--verify', file, '-']
  const world = testWorld({ args, stdin: payload, env: { ...process.env, ...env }, name, cwd })
  const exit = await enterGitDoor(world)
  const lines = world.output(1).split('\n').slice(0, -1)
  return { exit, status: lines.map((line) => line.replace('[GNUPG:] ', '')), stderr: world.output(2), world }
}

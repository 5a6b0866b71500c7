// A running sandbox for a test file: its own directory, its own ports, gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'

export interface TestSandbox extends Sandbox {
  /** Stops it and removes its directory. */
  close(): Promise<void>
}

export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const parent = await mkdtemp(join(tmpdir(), 'gitsigil-sandbox-'))
  const sandbox = await startSandbox({ directory: join(parent, 'state'), ...options })
  const close = async () => {
    await sandbox.close()
    await rm(parent, { recursive: true, force: true })
  }
  return { ...sandbox, close }
}

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askAgent } from '../../src/agent/ask.ts'

test.skipIf(process.platform === 'win32')('a directory that is open to others comes with how to close it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gitsigil-place-'))
  try {
    chmodSync(directory, 0o755)
    const asked = await askAgent(
      { op: 'status' },
      { socket: join(directory, 'agent.sock'), platform: process.platform },
    )
    expect(asked).toMatchObject({ state: 'hostile', hint: `chmod 700 ${directory}` })
  } finally {
    rmSync(directory, { recursive: true })
  }
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { toBase64, toHex } from '../../../src/bytes.ts'
import { openTileLog } from '../../../src/sandbox/log/disk-log.ts'
import { naiveRoot } from './naive.ts'

const appender = fileURLToPath(new URL('appender.ts', import.meta.url))
const ROUNDS = 24

test('a log killed at any moment keeps every acknowledged entry and every checkpoint it ever showed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gitsigil-kill-'))
  const acknowledged = new Map<number, string>()
  const checkpoints = new Map<string, string>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const line of await appendUntilKilled(directory, 1 + (round % 9) * 5)) {
      const [, index, entry = '', size = '', root = ''] = /^entry (\d+) (\S+) (\d+) (\S+)$/.exec(line) ?? []
      if (index === undefined) continue
      expect(acknowledged.has(Number(index))).toBe(false)
      acknowledged.set(Number(index), entry)
      expect(checkpoints.get(size) ?? root).toBe(root)
      checkpoints.set(size, root)
    }
  }

  const log = await openTileLog(directory, { origin: 'kill', keepsNotes: true, sign: () => '' })
  expect(acknowledged.size).toBeGreaterThan(ROUNDS)
  expect(log.size).toBeGreaterThanOrEqual(acknowledged.size)
  const entries: Uint8Array[] = []
  for (let index = 0; index < log.size; index++) entries.push((await log.entry(index)) ?? new Uint8Array())
  for (const [index, entry] of acknowledged) {
    expect(toHex(entries[index] ?? new Uint8Array())).toBe(entry)
    expect(toHex((await log.note(index)) ?? new Uint8Array())).toBe(entry)
  }
  for (const [size, root] of checkpoints) expect(toBase64(await log.root(Number(size)))).toBe(root)
  expect(await log.root(log.size)).toEqual(naiveRoot(entries))
  rmSync(directory, { recursive: true })
}, 60_000)

/** The lines of a child that was killed up to 60 ms after it had opened the log; the last one may be cut. */
async function appendUntilKilled(directory: string, writers: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [appender, directory, String(writers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const output = readOutput(child)
  await output.opened
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
  child.kill('SIGKILL')
  await closed
  expect(child.signalCode).toBe('SIGKILL')
  return output.text().split('\n').slice(0, -1)
}

function readOutput(child: ChildProcess): { readonly opened: Promise<void>; text(): string } {
  let text = ''
  const opened = new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      resolve()
    })
    child.once('close', () => reject(new Error('the appender ended before it opened the log')))
  })
  return { opened, text: () => text }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isRunning, pid, processorShare } from '../../src/agent/own.ts'

test.skipIf(process.platform !== 'linux')('a process that has ended and was not collected does not run', async () => {
  // The sleep in the place of the shell collects no children.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const [line] = await once(parent.stdout, 'data')
    const id = Number(String(line))
    await expect.poll(() => isRunning(id), { timeout: 30_000 }).toBe(false)
    expect(() => process.kill(id, 0)).not.toThrow()
    expect(isRunning(pid)).toBe(true)
  } finally {
    parent.kill()
  }
})

test('a share of a processor is a whole one or less, and never nothing', () => {
  expect(processorShare()).toBeGreaterThanOrEqual(1 / 16)
  expect(processorShare()).toBeLessThanOrEqual(1)
})

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { openState } from '../../src/sandbox/state.ts'
import { acquireLock, findHolder } from '../../src/system/lock.ts'
import { requestCertificate } from '../support/sandbox.ts'

let directory: string
const running: Sandbox[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gitsigil-state-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()))
  await rm(directory, { recursive: true, force: true })
})

async function start(): Promise<Sandbox> {
  const sandbox = await startSandbox({ directory })
  running.push(sandbox)
  return sandbox
}

test('only the owner can read the keys', async () => {
  await start()
  const keys = await readdir(join(directory, 'keys'))
  expect(keys.length).toBeGreaterThan(5)
  for (const name of keys) expect((await stat(join(directory, 'keys', name))).mode & 0o777).toBe(0o600)
})

test('a second start finds the same keys, ports and trust', async () => {
  const first = await start()
  await running.pop()?.close()
  const second = await start()
  expect(second.urls).toEqual(first.urls)
  expect(second.trustedRoot).toEqual(first.trustedRoot)
  const token = await first.mintToken({ email: 'kim@example.com' })
  expect((await requestCertificate(second, token, 'kim@example.com')).status).toBe(200)
})

test('a file is written as a whole or not at all', async () => {
  const state = await openState(directory)
  await state.write('file', 'old')
  await expect(state.write('file/under', 'new')).rejects.toMatchObject({ code: 'io' })
  expect(await readFile(join(directory, 'file'), 'utf8')).toBe('old')
  expect(await readdir(directory)).toEqual(['file', 'keys'])
})

test('what a killed server had not finished writing is removed', async () => {
  const state = await openState(directory)
  const unfinished = `keys/ct.pem.${randomUUID()}.tmp`
  await state.write(unfinished, 'half')
  await start()
  expect(await state.read(unfinished)).toBeUndefined()
})

test('a key that is none is named, with the way out', async () => {
  const state = await openState(directory)
  await state.write('keys/ct.pem', 'hello')
  await expect(state.key('ct', 'p256')).rejects.toMatchObject({
    code: 'io',
    message: `sandbox: ${join(directory, 'keys/ct.pem')} is not a private key`,
    hint: 'remove it to make another',
  })
})

describe('the lock', () => {
  test('keeps a second server out, and names the first', async () => {
    await start()
    const message = `sandbox: ${directory} is in use by process ${process.pid}`
    await expect(startSandbox({ directory })).rejects.toMatchObject({ code: 'io', message })
  })

  test('is gone when the server stops', async () => {
    const lock = await acquireLock(directory, 'sandbox', 'stop it')
    expect((await findHolder(directory))?.pid).toBe(process.pid)
    await lock.release()
    expect(await findHolder(directory)).toBeUndefined()
    expect(await readdir(directory)).toEqual([])
  })

  test('of a process that was killed is taken over', async () => {
    const child = spawn('sleep', ['60'])
    const started = await startOf(child.pid)
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: child.pid, started, token: 'x' }))
    await expect(acquireLock(directory, 'sandbox', 'stop it')).rejects.toMatchObject({ code: 'io' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lock = await acquireLock(directory, 'sandbox', 'stop it')
    await lock.release()
  })

  test('of a process that ended, but that nobody waited for, is taken over', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'])
    const pid = Number(String((await once(parent.stdout, 'data'))[0]))
    const started = await startOf(pid)
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid, started, token: 'x' }))
    await vi.waitFor(async () => expect(await readFile(`/proc/${pid}/stat`, 'latin1')).toContain(') Z '))
    await (await acquireLock(directory, 'sandbox', 'stop it')).release()
    parent.kill()
  })

  test('of a process whose number another one has now is taken over', async () => {
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: process.pid, started: 'before', token: 'x' }))
    await (await acquireLock(directory, 'sandbox', 'stop it')).release()
  })

  test('that nobody can read is taken over', async () => {
    await writeFile(join(directory, 'lock'), '')
    await (await acquireLock(directory, 'sandbox', 'stop it')).release()
  })

  test('that is stale goes to exactly one of many who ask at once', async () => {
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: '', token: 'x' }))
    const asked = await Promise.allSettled(
      Array.from({ length: 12 }, () => acquireLock(directory, 'sandbox', 'stop it')),
    )
    const locks = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(locks).toHaveLength(1)
    await locks[0]?.release()
    expect(await readdir(directory)).toEqual([])
  })
})

async function startOf(pid: number | undefined): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1')
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1')
  return `${line.slice(line.lastIndexOf(')') + 2).split(' ')[19]} ${boot.trim()}`
}

// Measures online mode: a range, and preserve, against single verifications, all through a proxy that answers late.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startTestSandbox } from '../../test/support/sandbox.ts'
import { median, timeOf } from '../measure.ts'
import { makeOnlineHistory } from './history.ts'
import { openLogProxy } from './proxy.ts'

const count = Number(process.argv[2] ?? 1000)
if (!Number.isInteger(count) || count < 20) {
  console.error('gitsigil: error: COMMITS must be a number, 20 or more')
  process.exit(2)
}
const LATENCY = 50
const SAMPLE = 20
const folder = mkdtempSync(join(tmpdir(), 'gitsigil-online-'))
const repository = join(folder, 'history')
const builds: Readonly<Record<string, readonly string[]>> = {
  'Node 24': [process.env['NODE24'] || process.execPath, resolve('bin/gitsigil.js')],
  standalone: [resolve('dist/standalone/gitsigil')],
}

const sandbox = await startTestSandbox()
const proxy = await openLogProxy(sandbox.urls.rekor1, LATENCY)
try {
  console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; ${count} commits, ${LATENCY} ms a request`)
  const oids = await makeOnlineHistory(repository, sandbox, count, proxy.url)
  for (const [name, command] of Object.entries(builds)) await measure(name, command, oids.slice(-SAMPLE))
} finally {
  proxy.close()
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(name: string, command: readonly string[], sample: readonly string[]): Promise<void> {
  const run = (...args: readonly string[]) =>
    timeOf({ name: args.join(' '), command: [...command, ...args], cwd: repository })
  const singles: number[] = []
  for (const oid of sample) singles.push(await run('verify', '--online', oid))
  const single = median(singles)
  console.log(`${name}: one by one ${single.toFixed(0)} ms a commit`)
  for (const args of [
    ['verify', '--online', '--no-cache', '--history', 'main'],
    ['preserve', 'main'],
  ]) {
    spawnSync('git', ['update-ref', '-d', 'refs/notes/gitsigil'], { cwd: repository })
    proxy.forget()
    const time = await run(...args)
    const [requests, most] = [proxy.times.length, proxy.most]
    console.log(
      `  ${args[0]}: ${(time / count).toFixed(1)} ms a commit, 1/${((single * count) / time).toFixed(0)} of one by one; ` +
        `${requests} requests, at most ${most} at once`,
    )
  }
  spawnSync('git', ['update-ref', '-d', 'refs/notes/gitsigil'], { cwd: repository })
}

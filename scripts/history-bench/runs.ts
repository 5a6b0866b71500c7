// One run over a history, timed from outside: wall time, peak memory, and what its report says that it did.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { median } from '../measure.ts'

/** A build, and the runtime that the bare cryptography is measured in. */
export interface Build {
  readonly name: string
  readonly command: readonly string[]
  readonly runtime: string
}

export interface Run {
  /** Milliseconds. */
  readonly time: number
  /** MiB at its peak; 0 where there is no /proc. */
  readonly memory: number
  readonly objects: number
  readonly signatures: number
}

/** Verifies all of `repository`, nothing taken from a cache. Throws where anything is not accepted. */
export async function runHistory(build: Build, repository: string, jobs: number): Promise<Run> {
  const [program = '', ...args] = [...build.command, 'verify', '--all', '--no-cache', `--jobs=${jobs}`]
  const started = performance.now()
  const child = spawn(program, args, { cwd: repository, stdio: ['ignore', 'pipe', 'ignore'] })
  let memory = 0
  const watch = setInterval(() => {
    memory = peakOf(child.pid) ?? memory
  }, 50)
  const [stdout, status] = await Promise.all([text(child.stdout), new Promise((resolve) => child.on('close', resolve))])
  const time = performance.now() - started
  clearInterval(watch)
  const places = Number(/^([\d,]+) objects?\b/m.exec(stdout)?.[1]?.replaceAll(',', '') ?? 0)
  const verified = Number(/([\d,]+) verified/.exec(stdout)?.[1]?.replaceAll(',', '') ?? 0)
  if (places === 0 || status === 3) throw new Error(`${build.name} in ${repository}: ${stdout}`)
  return { time, memory, objects: places, signatures: verified }
}

/** The process's own, as the system counts it: Git, its child, has the whole pack in its memory. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? undefined : Number(kib) / 1024
  } catch {
    return undefined
  }
}

/**
 * Microseconds of one signature's bare cryptography among so many, in the build's runtime: of so many processes at once, that
 * divide them. More than one show what a second core of this machine is worth.
 */
export async function bareTime({ runtime }: Build, signatures: number, processes: number): Promise<number> {
  const args = [join(import.meta.dirname, 'bare.ts'), String(Math.ceil(signatures / processes))]
  const children = Array.from({ length: processes }, () =>
    spawn(runtime, args, { stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  const times = await Promise.all(children.map(async ({ stdout }) => Number(await text(stdout))))
  return Math.max(...times) / processes
}

/** Milliseconds of one verification in a process of its own, over some of the commits. */
export function singleTime(build: Build, repository: string, count: number): number {
  const listed = spawnSync('git', ['rev-list', '-n', String(count), '--no-merges', 'main'], {
    cwd: repository,
    encoding: 'utf8',
  })
  const [program = '', ...args] = build.command
  const times = listed.stdout
    .trim()
    .split('\n')
    .map((oid) => {
      const started = performance.now()
      spawnSync(program, [...args, 'verify', oid], { cwd: repository, stdio: 'ignore' })
      return performance.now() - started
    })
  return median(times)
}

/** Milliseconds in which Git alone lists and prints every object that the run looks at. */
export function gitTime(repository: string): number {
  const started = performance.now()
  spawnSync('/bin/sh', ['-c', 'git rev-list --all | git cat-file --batch --buffer >/dev/null'], { cwd: repository })
  return performance.now() - started
}

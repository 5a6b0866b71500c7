// One run over a history, timed from outside: wall time, peak memory, and what its report says that it did.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
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
  /** MiB; 0 where /usr/bin/time is absent. */
  readonly memory: number
  readonly objects: number
  readonly signatures: number
}

/** Verifies all of `repository`, nothing taken from a cache. Throws where anything is not accepted. */
export function runHistory(build: Build, repository: string, jobs: number): Run {
  const output = join(repository, 'bench-time')
  const command = [...build.command, 'verify', '--all', '--no-cache', `--jobs=${jobs}`]
  const timed = existsSync('/usr/bin/time') ? ['/usr/bin/time', '-f', '%M', '-o', output, ...command] : command
  const [program = '', ...args] = timed
  const started = performance.now()
  const { stdout, status } = spawnSync(program, args, { cwd: repository, encoding: 'utf8', maxBuffer: 1 << 28 })
  const time = performance.now() - started
  const objects = Number(/^([\d,]+) objects?\b/m.exec(stdout)?.[1]?.replaceAll(',', '') ?? 0)
  const verified = Number(/([\d,]+) verified/.exec(stdout)?.[1]?.replaceAll(',', '') ?? 0)
  if (objects === 0 || status === 3) throw new Error(`${build.name} in ${repository}: ${stdout}`)
  const memory = existsSync(output) ? Number(readFileSync(output, 'utf8').trim().split('\n').at(-1)) / 1024 : 0
  rmSync(output, { force: true })
  return { time, memory, objects, signatures: verified }
}

/** Microseconds of one signature's bare cryptography among so many, in the build's runtime. */
export function bareTime({ runtime }: Build, signatures: number): number {
  const args = [join(import.meta.dirname, 'bare.ts'), String(signatures)]
  const { stdout } = spawnSync(runtime, args, { encoding: 'utf8' })
  return Number(stdout)
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

// Times whole processes. Rounds are interleaved, so a machine that slows down slows everybody down alike.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export interface Subject {
  readonly name: string
  readonly command: readonly string[]
  readonly cwd?: string
  readonly input?: Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

export interface Measured {
  readonly subject: Subject
  /** Milliseconds, one a round. */
  readonly times: readonly number[]
}

/** Milliseconds from the start of the process to its end. What it prints is dropped. Throws where it fails. */
export function timeOf({ name, command, cwd, input, env }: Subject): Promise<number> {
  const [executable = '', ...args] = command
  const started = performance.now()
  const options = { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'ignore'] as const }
  const child = spawn(executable, args, { ...options, stdio: [...options.stdio] })
  child.stdin?.on('error', () => undefined).end(input ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (status) => {
      if (status === 0) resolve(performance.now() - started)
      else reject(new Error(`${name}: exit status ${status}`))
    })
  })
}

/** One round first that does not count: it fills the caches. */
export async function interleave(subjects: readonly Subject[], rounds: number): Promise<readonly Measured[]> {
  const measured = subjects.map((subject) => ({ subject, times: [] as number[] }))
  for (let round = -1; round < rounds; round += 1)
    for (const { subject, times } of measured) {
      const time = await timeOf(subject)
      if (round >= 0) times.push(time)
    }
  return measured
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** A line a subject: median, least, ratio to the first and to gitsign where it is among them, and peak memory. */
export function table(measured: readonly Measured[], memory?: (subject: Subject) => string): string {
  const first = measured[0]
  const gitsign = measured.find(({ subject }) => subject.name === 'gitsign')
  const against = (other: Measured | undefined, times: readonly number[]) =>
    other === undefined ? '' : `${(median(times) / median(other.times)).toFixed(2).padStart(8)}x ${other.subject.name}`
  return measured
    .map(({ subject, times }) => {
      const figures = [median(times), Math.min(...times)].map((time) => time.toFixed(1).padStart(8))
      const name = subject.name.padEnd(16)
      const ratios = against(first, times) + against(gitsign, times)
      return `  ${name}${figures[0]} ms (least ${figures[1]?.trim()})${ratios}  ${memory?.(subject) ?? ''}`.trimEnd()
    })
    .join('\n')
}

/** Peak resident memory by `time -f %M`: a small parent, whose own size does not count as the child's. */
export function peakMemory({ command, cwd, input }: Subject, output: string): string {
  if (!existsSync('/usr/bin/time')) return '(peak memory: needs /usr/bin/time)'
  spawnSync('/usr/bin/time', ['-f', '%M', '-o', output, ...command], {
    cwd,
    input,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  return `${(Number(readFileSync(output, 'utf8').trim().split('\n').at(-1)) / 1024).toFixed(0)} MiB peak`
}

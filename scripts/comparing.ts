// The same verdicts by two runtimes: Node runs the program of the verdicts, the other is an executable compiled from it with
// the flags of the standalone build.
import { execFileSync, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export interface Comparison {
  /** Verdicts that both gave. */
  readonly compared: number
  /** The lines of both, where they differ. */
  readonly differing: readonly (readonly [node: string, standalone: string])[]
}

const PROGRAM = 'scripts/fuzzing/verdicts.ts'
const FLAGS = ['--bytecode', '--format=esm', '--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig']

/** Compiles into `folder`, and runs both at once. */
export async function compareRuntimes(bun: string, folder: string, seed: number, count: number): Promise<Comparison> {
  const executable = join(folder, 'verdicts')
  const build = ['build', '--compile', ...FLAGS, '--compile-jit-policy=1000', PROGRAM, '--outfile', executable]
  execFileSync(bun, build, { stdio: 'pipe' })
  const args = [resolve('../shared'), resolve('fixtures/vectors'), String(seed), String(count)]
  const [node, standalone] = await Promise.all([
    linesOf(process.execPath, [PROGRAM, ...args]),
    linesOf(executable, args),
  ])
  const length = Math.max(node.length, standalone.length)
  const pairs = Array.from({ length }, (_, i) => [node[i] ?? 'nothing', standalone[i] ?? 'nothing'] as const)
  return { compared: node.length, differing: pairs.filter(([one, other]) => one !== other) }
}

async function linesOf(command: string, args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((done, fail) => child.once('close', done).once('error', fail))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) lines.push(line)
  const status = await ended
  if (status !== 0) throw new Error(`${command} ended with status ${status}`)
  return lines
}

// Enough of a CI runner to run what the examples say: expressions, the files that steps write to, and a shell.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Run, runProgram } from './repository.ts'

export interface Step {
  readonly name?: string
  readonly if?: string
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly run: string
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>
  readonly runs: { readonly steps: readonly Step[] }
}

export function readYaml<T>(path: string): T {
  return parse(readFileSync(path, 'utf8')) as T
}

interface Job {
  readonly cwd: string
  /** The runner's folder for its files, made here. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly context: object
}

export interface Ran extends Run {
  readonly summary: string
}

/** Runs the steps of an action one after the other, as far as one fails. */
export async function runAction(
  { inputs, runs }: Action,
  given: Readonly<Record<string, string>>,
  job: Job,
): Promise<Ran> {
  mkdirSync(job.folder, { recursive: true })
  const files = { path: join(job.folder, 'path'), summary: join(job.folder, 'summary') }
  for (const file of Object.values(files)) appendFileSync(file, '')
  const defaults = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default ?? '']))
  const context = { ...job.context, inputs: { ...defaults, ...given } }
  let last: Run = { status: 0, stdout: '', stderr: '' }
  for (const step of runs.steps) {
    if (step.if !== undefined && evaluate(step.if, context) !== 'true') continue
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value, context)])
    const added = readFileSync(files.path, 'utf8').split('\n').filter(Boolean).reverse().join(':')
    const env = {
      ...job.env,
      ...Object.fromEntries(own),
      GITHUB_PATH: files.path,
      GITHUB_STEP_SUMMARY: files.summary,
      PATH: `${added}:${process.env['PATH']}`,
    }
    const script = join(job.folder, 'script')
    writeFileSync(script, step.run)
    const ran = await runProgram(['bash', '--noprofile', '--norc', '-eo', 'pipefail', script], { cwd: job.cwd, env })
    last = { status: ran.status, stdout: last.stdout + ran.stdout, stderr: last.stderr + ran.stderr }
    if (ran.status !== 0) break
  }
  return { ...last, summary: readFileSync(files.summary, 'utf8') }
}

function fill(text: string, context: object): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression, context))
}

/** Members, `||` and `== 'text'`. */
function evaluate(expression: string, context: object): string {
  const [, left, right] = /^(.*?)==\s*'([^']*)'\s*$/.exec(expression) ?? []
  if (left !== undefined && right !== undefined) return String(evaluate(left, context) === right)
  for (const path of expression.split('||')) {
    const value = path.trim().split('.').reduce<unknown>(memberOf, context)
    if (value !== undefined && value !== '') return String(value)
  }
  return ''
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}

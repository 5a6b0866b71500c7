// A sandbox in the background: started as a process of its own and waited for until it serves; found; stopped again.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { Fault } from '../errors.ts'
import { findHolder, signalHolder } from '../system/lock.ts'
import { ownCommand } from '../system/self.ts'
import { IN_USE } from './notice.ts'
import { readServer, type ServerRecord } from './record.ts'
import { ioFault, openState, type State, stateAt } from './state.ts'

const START_LIMIT = 30_000
const STOP_LIMIT = 10_000
const STEP = 25

/** Starts `sandbox start ARGS` and resolves when it serves. Its messages go to sandbox.log in the directory. */
export async function startInBackground(directory: string, args: readonly string[]): Promise<ServerRecord> {
  const state = await openState(directory)
  const running = await findServer(directory)
  if (running !== undefined)
    throw new Fault('io', `sandbox: ${directory} is in use by process ${running.pid}`, { hint: IN_USE })
  const child = spawnServer(state.path('sandbox.log'), args)
  const ended = new Promise<undefined>((resolve) => {
    child.once('exit', () => resolve(undefined))
    child.once('error', () => resolve(undefined))
  })
  const record = await Promise.race([untilServing(state, child), ended])
  child.unref()
  if (record !== undefined) return record
  if (child.exitCode === null) child.kill()
  throw new Fault('io', `sandbox: it did not start: ${lastError(state.path('sandbox.log'))}`)
}

/** The record of the server that runs in the directory; undefined where none does, or where it is only starting. */
export async function findServer(directory: string): Promise<ServerRecord | undefined> {
  const holder = await findHolder(directory)
  const record = holder && (await readServer(stateAt(directory)))
  return record?.pid === holder?.pid ? record : undefined
}

/** False where none runs. Throws `io` where it does not stop. */
export async function stopServer(directory: string): Promise<boolean> {
  const holder = await findHolder(directory)
  if (holder === undefined) return false
  signalHolder(holder)
  for (let waited = 0; waited < STOP_LIMIT; waited += STEP) {
    await pause()
    if ((await findHolder(directory))?.token !== holder.token) return true
  }
  throw new Fault('io', `sandbox: process ${holder.pid} does not stop`, { hint: `kill -9 ${holder.pid} loses nothing` })
}

function spawnServer(log: string, args: readonly string[]): ChildProcess {
  const output = openLog(log)
  try {
    const [file = '', ...own] = ownCommand()
    return spawn(file, [...own, 'sandbox', 'start', ...args], { detached: true, stdio: ['ignore', output, output] })
  } finally {
    closeSync(output)
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, 'w', 0o600)
  } catch (error) {
    throw ioFault('write', path, error)
  }
}

async function untilServing(state: State, { pid }: ChildProcess): Promise<ServerRecord | undefined> {
  for (let waited = 0; waited < START_LIMIT; waited += STEP) {
    const record = await readServer(state)
    if (record !== undefined && record.pid === pid) return record
    await pause()
  }
  return undefined
}

function lastError(log: string): string {
  const lines = readFileSync(log, 'utf8').split('\n')
  const error = lines.findLast((line) => line.includes('error: ') || line.includes('bug: '))
  return error?.replace(/^.*?(?:error|bug): (?:sandbox: )?/, '') ?? `see ${log}`
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, STEP))
}

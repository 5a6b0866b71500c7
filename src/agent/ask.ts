// Asks the agent one thing over a connection of its own, within a time that nobody minds. An agent that is gone, stuck or
// talks nonsense is an undefined answer: signing goes on without it.
import { createConnection } from 'node:net'
import { Fault } from '../errors.ts'
import { type Answer, parseAnswer } from './answer.ts'
import { FrameReader } from './frame.ts'
import { processorShare } from './own.ts'
import { checkSocket } from './place.ts'
import { encodeRequest, type Request } from './request.ts'

/** `gone`: nobody listens; `stuck`: it took too long; `hostile`: what it said, or where it sits, cannot be trusted. */
export type Silence = {
  readonly answer: undefined
  readonly state: 'gone' | 'stuck' | 'hostile'
  readonly why: string
  readonly hint?: string
}
export type Asked = Answer | Silence

/** Milliseconds from asking to the whole answer. A local agent takes one. */
export const PATIENCE = 600
const TICK = 20

export interface Asking {
  readonly socket: string
  readonly platform: string
  /** Milliseconds; `PATIENCE` unless given. */
  readonly patience?: number
}

export async function askAgent(request: Request, { socket, platform, patience = PATIENCE }: Asking): Promise<Asked> {
  try {
    if (!checkSocket(socket, platform)) return silence('gone', 'no agent runs')
  } catch (thrown) {
    if (thrown instanceof Fault)
      return { ...silence('hostile', thrown.message), ...(thrown.hint ? { hint: thrown.hint } : {}) }
    throw thrown
  }
  return await converse(socket, encodeRequest(request), patience)
}

function converse(path: string, bytes: Uint8Array, patience: number): Promise<Asked> {
  return new Promise((resolve) => {
    const reader = new FrameReader()
    const connection = createConnection({ path })
    const end = (asked: Asked) => {
      clearInterval(timer)
      connection.destroy()
      resolve(asked)
    }
    // By turns of our own rather than by the clock, and a turn counts for as little as there are many who wait for one: on
    // a busy machine an agent is slow, not stuck, and to take it for stuck costs a person a login.
    let left = patience
    const timer = setInterval(() => {
      left -= TICK * processorShare()
      if (left < 0) end(silence('stuck', 'the agent does not answer'))
    }, TICK)
    connection.on('connect', () => connection.write(bytes))
    connection.on('data', (chunk) => {
      const asked = read(reader, chunk)
      if (asked !== undefined) end(asked)
    })
    connection.on('error', (error) => end(silence('gone', `no agent runs: ${codeOf(error)}`)))
    connection.on('close', () => end(silence('gone', 'the agent hung up')))
  })
}

function read(reader: FrameReader, chunk: Uint8Array): Asked | undefined {
  try {
    const frame = reader.push(chunk)
    return frame && parseAnswer(frame)
  } catch (thrown) {
    if (thrown instanceof Fault) return silence('hostile', `the agent's answer makes no sense: ${thrown.message}`)
    throw thrown
  }
}

function silence(state: Silence['state'], why: string): Silence {
  return { answer: undefined, state, why }
}

/** The sentence for people. */
export function silenceText({ state, why }: Silence): string {
  return state === 'hostile' ? `the agent is not used: ${why}` : why
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message
}

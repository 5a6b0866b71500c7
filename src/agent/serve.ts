// The agent's process: it listens, answers, counts, and ends when there is nothing left to keep. It speaks to nobody but
// those who connect, and writes nothing down.
import type { Socket } from 'node:net'
import { Fault } from '../errors.ts'
import { type Answer, encodeAnswer, type HeldIdentity } from './answer.ts'
import { FrameReader } from './frame.ts'
import { Keyring } from './keyring.ts'
import { type ListenOptions, listenAt } from './listen.ts'
import { onStop, pid } from './own.ts'
import type { GitPayload } from './payload.ts'
import { openDirectory } from './place.ts'
import { parseRequest, type Request } from './request.ts'
import { signedLine } from './use.ts'

export interface ServeOptions extends ListenOptions {
  /** Milliseconds without a key after which it ends. */
  readonly idle: number
  /** Whether there is a socket for other machines, and whether each use over it is confirmed. */
  readonly forward: 'false' | 'true' | 'confirm'
  /** Asks the person at this machine; false where there is nobody to ask. */
  confirm(question: string): Promise<boolean>
  /** Shows a use to whoever watches. */
  tell(line: string): void
  now(): number
}

/** A client that stays away in the middle of its request. */
const CONNECTION_LIFE = 10_000
const CONFIRM_LIFE = 60_000
const TICK = 1_000
const MAX_LOG = 32

/** Resolves when the agent has ended. Throws `io` where it cannot listen. */
export async function serveAgent(options: ServeOptions): Promise<void> {
  const { place, platform } = options
  openDirectory(place, platform)
  const agent = createAgent(options)
  const servers = [await listenAt(place.socket, options, (socket) => agent.connected(socket, false))]
  if (options.forward !== 'false')
    servers.push(await listenAt(place.forward, options, (socket) => agent.connected(socket, true)))
  // Nobody could reach the keys any more: another took its place, or its directory was cleared away.
  const watch = setInterval(() => {
    if (!servers.every(({ isThere }) => isThere())) agent.stop()
  }, TICK)
  await agent.ended
  clearInterval(watch)
  for (const { close } of servers) close()
}

function createAgent(options: ServeOptions) {
  const { now } = options
  const [ring, log, started] = [new Keyring(), [] as string[], now()]
  let lastUsed = now()
  let stop = () => {}
  const ended = new Promise<void>((resolve) => {
    stop = resolve
  })
  const clock = setInterval(() => {
    if (!ring.forget(now())) lastUsed = now()
    if (now() - lastUsed > options.idle) stop()
  }, TICK)
  onStop(stop)
  const note = (line: string) => {
    log.push(line)
    if (log.length > MAX_LOG) log.shift()
    options.tell(line)
  }

  async function sign(request: Extract<Request, { op: 'sign' }>, forwarded: boolean): Promise<Answer> {
    const found = ring.find(request.wanted, request.payload, now())
    if ('answer' in found) return found
    const { identity, git } = found
    if (forwarded && options.forward === 'confirm') {
      if (!request.patient) return { answer: 'confirm' }
      if (!(await isConfirmed(identity, git))) return { answer: 'refused', why: 'nobody confirmed it' }
    }
    const answer = ring.sign(identity, request.payload, { now: now(), forwarded, online: request.online })
    if (answer.answer === 'signed') note(signedLine(now(), identity, git, answer, forwarded))
    return answer
  }

  async function isConfirmed(identity: HeldIdentity, git: GitPayload): Promise<boolean> {
    return await Promise.race([
      options.confirm(`Another machine wants a ${git.kind} signed as ${identity.subject}. Allow it?`),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), CONFIRM_LIFE)),
    ])
  }

  async function answer(request: Request, forwarded: boolean): Promise<Answer> {
    if (forwarded && request.op !== 'sign' && request.op !== 'status')
      return { answer: 'refused', why: 'another machine may only have something signed' }
    switch (request.op) {
      case 'sign':
        return await sign(request, forwarded)
      case 'key':
        return ring.create(now())
      case 'prove':
        return ring.prove(request, now())
      case 'keep':
        return ring.keep(request, now())
      case 'status': {
        const forward = options.forward === 'false' ? undefined : options.place.forward
        return { answer: 'status', pid, started, forward, keys: ring.list(), log }
      }
      case 'stop':
        setImmediate(stop)
        return { answer: 'stopped' }
    }
  }

  function connected(socket: Socket, forwarded: boolean): void {
    const reader = new FrameReader()
    const timer = setTimeout(() => socket.destroy(), CONNECTION_LIFE + CONFIRM_LIFE)
    let isAnswered = false
    socket.on('error', () => socket.destroy())
    socket.on('close', () => clearTimeout(timer))
    socket.setTimeout(CONNECTION_LIFE, () => {
      if (!isAnswered) socket.destroy()
    })
    socket.on('data', async (chunk) => {
      if (isAnswered) return
      const reply = await respond(reader, chunk, (request) => {
        isAnswered = true
        lastUsed = now()
        return answer(request, forwarded)
      })
      if (reply === undefined) return
      isAnswered = true
      socket.end(encodeAnswer(reply))
    })
  }

  return { connected, stop: () => stop(), ended: ended.finally(() => clearInterval(clock)) }
}

/** Undefined until the request is whole; what is none is refused in words. */
async function respond(
  reader: FrameReader,
  chunk: Uint8Array,
  answer: (request: Request) => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    const frame = reader.push(chunk)
    return frame && (await answer(parseRequest(frame)))
  } catch (thrown) {
    if (thrown instanceof Fault) return { answer: 'refused', why: thrown.message }
    return { answer: 'refused', why: 'a bug in the agent' }
  }
}

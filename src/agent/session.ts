// A signature by the agent, from the signer's side: what it holds signs at once; else one signer logs in, certifies a key
// that the agent made, and all use it. Whatever goes wrong with the agent, the caller is told to sign without it.
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { decodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { ProvingKey } from '../sign/key.ts'
import type { Chain } from '../sign/sign.ts'
import type { World } from '../system/world.ts'
import type { TrustedRoot } from '../trust/root.ts'
import type { MadeSignature } from './answer.ts'
import { type Asked, askAgent, type Silence } from './ask.ts'
import { type Checked, checkMade } from './check.ts'
import { MAX_BODY } from './frame.ts'
import { exclusively } from './lock.ts'
import { parsePayload } from './payload.ts'
import { agentPlace, openDirectory, type Place, socketId } from './place.ts'
import type { Request, Wanted } from './request.ts'
import { startAgent } from './start.ts'

export interface SessionOptions {
  readonly world: Pick<World, 'env' | 'platform' | 'now'>
  readonly wanted: Wanted
  readonly trust: TrustedRoot
  readonly ignoreSct: boolean
  /** A socket that another machine's agent is forwarded to; asked first, and for signatures only. */
  readonly forwarded: string | undefined
  /** Whether this machine's agent may be forwarded, and whether to wait for a confirmation of the other's. */
  readonly forward: 'false' | 'true' | 'confirm'
  /** Starts this program; how it was started itself unless given. */
  readonly command?: readonly string[]
}

export interface SessionPorts {
  /** Logs in; asked at most once. */
  token(): Promise<IdentityToken>
  certify(token: IdentityToken, key: ProvingKey): Promise<Chain>
  /** Throws where a person does not want this identity published; another machine's agent may have one that is new here. */
  admit(signed: Checked): Promise<void>
  /** What a person should know of the agent; a line. */
  note(text: string): void
  /** The same, for somebody who waits. */
  tell(text: string): void
}

/** Without a signature: sign without the agent, by this token where there is one already. */
export type ByAgent =
  | { readonly signed: Checked; readonly made: MadeSignature; readonly place: string }
  | { readonly signed: undefined; readonly token: IdentityToken | undefined }

/** Longer than a login takes, and what comes after it. */
const LOCK_LIMIT = 200_000
/** Only while the new process lives; a busy machine takes its time. */
const START_PATIENCE = 15_000
const CONFIRM_PATIENCE = 60_000
/** Where two sockets are asked, both stay within the second. */
const SHORT_PATIENCE = 400
const NOTHING: ByAgent = { signed: undefined, token: undefined }

/** Throws what the ports throw, and `identity` where nothing says which of several identities is meant. */
export async function signByAgent(payload: Uint8Array, options: SessionOptions, ports: SessionPorts): Promise<ByAgent> {
  if (payload.length > MAX_BODY || !isGitPayload(payload)) return NOTHING
  const session = new Session(payload, options, ports)
  const forwarded = await session.askForwarded()
  if (forwarded !== undefined) return forwarded
  return await session.signHere()
}

class Session {
  readonly #payload: Uint8Array
  readonly #options: SessionOptions
  readonly #ports: SessionPorts
  readonly #place: Place
  readonly #patience: { readonly patience?: number }

  constructor(payload: Uint8Array, options: SessionOptions, ports: SessionPorts) {
    this.#payload = payload
    this.#options = options
    this.#ports = ports
    this.#place = agentPlace(options.world)
    this.#patience = options.forwarded === undefined ? {} : { patience: SHORT_PATIENCE }
  }

  async askForwarded(): Promise<ByAgent | undefined> {
    const { forwarded, forward } = this.#options
    if (forwarded === undefined) return undefined
    let asked = await this.#sign(forwarded)
    if (asked.answer === 'confirm' && forward === 'confirm') {
      this.#ports.tell('waiting for a confirmation where the agent runs')
      asked = await this.#sign(forwarded, CONFIRM_PATIENCE)
    } else if (asked.answer === 'confirm')
      this.#ports.note('the forwarded agent wants a confirmation: set gitsigil.agentForward to confirm to wait for it')
    const found = await this.#accept(asked, forwarded)
    if (found === undefined && isSilent(asked)) this.#ports.note(`GITSIGIL_AGENT_SOCK: ${asked.why}`)
    return found
  }

  async signHere(): Promise<ByAgent> {
    const { socket } = this.#place
    const silent = this.#safePlace()
    if (silent !== undefined) return this.#without(silent)
    for (;;) {
      const before = socketId(socket, this.#options.world.platform)
      const asked = await this.#sign(socket)
      const found = await this.#accept(asked, socket)
      if (found !== undefined) return found
      // One that was stuck is not given more time, unless somebody has put another in its place.
      const isSame = () =>
        isSilent(asked) && asked.state !== 'gone' && socketId(socket, this.#options.world.platform) === before
      const done = await exclusively(this.#lock(), () => this.#signAlone(isSame() ? asked : undefined))
      if (done.ran) return done.value
    }
  }

  async #signAlone(known: Asked | undefined): Promise<ByAgent> {
    const asked = known ?? (await this.#sign(this.#place.socket))
    return (await this.#accept(asked, this.#place.socket)) ?? (await this.#obtain(asked))
  }

  async #obtain(asked: Asked): Promise<ByAgent> {
    const token = await this.#ports.token()
    // What makes no sense to us makes no key for us either.
    if (asked.answer === 'none' || (await this.#start(asked)))
      return (await this.#certify(token)) ?? { signed: undefined, token }
    this.#ports.note('the agent did not start: signing without it')
    return { signed: undefined, token }
  }

  #start(asked: Asked): Promise<boolean> {
    const { world, forward, command } = this.#options
    if (isSilent(asked) && asked.state !== 'gone') this.#ports.note(`${asked.why}: a new one takes its place`)
    if (asked.answer === 'refused') this.#ports.note(`the agent refuses: ${asked.why}: a new one takes its place`)
    const flags = forward === 'false' ? [] : [`--forward=${forward}`]
    const how = { place: this.#place, flags, patience: START_PATIENCE, ...(command === undefined ? {} : { command }) }
    return startAgent(world, how).catch((thrown: unknown) => {
      if (thrown instanceof Fault) return false
      throw thrown
    })
  }

  async #certify(token: IdentityToken): Promise<ByAgent | undefined> {
    const key = await this.#ask({ op: 'key' })
    if (key.answer !== 'key') return undefined
    let isLost = false
    const proving: ProvingKey = {
      spki: key.spki,
      sign: async (data) => {
        const proof = await this.#ask({ op: 'prove', id: key.id, challenge: decodeUtf8(data) })
        if (proof.answer === 'proof') return proof.signature
        isLost = true
        throw new Fault('io', 'the agent went away')
      },
    }
    try {
      const { leaf } = await this.#ports.certify(token, proving)
      const { instance } = this.#options.wanted
      const kept = await this.#ask({ op: 'keep', id: key.id, instance, certificate: leaf.bytes })
      if (kept.answer !== 'kept') return undefined
    } catch (thrown) {
      if (isLost) return undefined
      throw thrown
    }
    return await this.#accept(await this.#sign(this.#place.socket), this.#place.socket)
  }

  /** Undefined unless it is a signature that would be published as it is. */
  async #accept(asked: Asked, place: string): Promise<ByAgent | undefined> {
    if (asked.answer === 'many') throw undecided(asked.identities)
    if (asked.answer !== 'signed') return undefined
    const { wanted, trust, world, ignoreSct } = this.#options
    let signed: Checked
    try {
      signed = checkMade(asked, { payload: this.#payload, wanted, trust, now: world.now(), ignoreSct })
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'parse') throw thrown
      this.#ports.note(`${thrown.message}: it is not used`)
      return undefined
    }
    await this.#ports.admit(signed)
    return { signed, made: asked, place }
  }

  #sign(socket: string, patience?: number): Promise<Asked> {
    const { wanted } = this.#options
    const request: Request = { op: 'sign', wanted, payload: this.#payload, patient: patience !== undefined }
    return this.#ask(request, socket, patience)
  }

  #ask(request: Request, socket = this.#place.socket, patience?: number): Promise<Asked> {
    const limit = patience === undefined ? this.#patience : { patience }
    return askAgent(request, { socket, platform: this.#options.world.platform, ...limit })
  }

  #lock() {
    const { world, wanted } = this.#options
    const name = hash('sha256', JSON.stringify(wanted)).slice(0, 16)
    return {
      path: join(this.#place.directory, `login-${name}`),
      limit: LOCK_LIMIT,
      now: world.now,
      waiting: () => this.#ports.tell('waiting for the login that another signer has begun'),
    }
  }

  #safePlace(): string | undefined {
    try {
      openDirectory(this.#place, this.#options.world.platform)
      return undefined
    } catch (thrown) {
      if (thrown instanceof Fault) return thrown.message
      throw thrown
    }
  }

  #without(why: string): ByAgent {
    this.#ports.note(why)
    return NOTHING
  }
}

function isSilent(asked: Asked): asked is Silence {
  return asked.answer === undefined
}

function isGitPayload(payload: Uint8Array): boolean {
  try {
    parsePayload(payload)
    return true
  } catch (thrown) {
    if (thrown instanceof Fault) return false
    throw thrown
  }
}

function undecided(identities: readonly string[]): Fault {
  return new Fault(
    'identity',
    `several identities are at hand, and none is the committer's: ${identities.join(', ')}`,
    {
      hint: "say which one: git config gitsigil.identity 'ISSUER SUBJECT'",
    },
  )
}

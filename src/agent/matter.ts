// One payload that an agent should sign: what is asked of it, by whom, and which of its answers is a signature to publish.

import { Fault } from '../errors.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { ProvingKey } from '../sign/key.ts'
import type { Chain } from '../sign/sign.ts'
import type { World } from '../system/world.ts'
import type { TrustedRoot } from '../trust/root.ts'
import type { MadeSignature } from './answer.ts'
import { type Asked, askAgent, type Silence } from './ask.ts'
import { type Checked, checkMade } from './check.ts'
import type { Request, Wanted } from './request.ts'

export interface SessionOptions {
  readonly world: Pick<World, 'env' | 'platform' | 'now'>
  readonly wanted: Wanted
  readonly trust: TrustedRoot
  readonly ignoreSct: boolean
  /** Whether the object's id is to be signed as well: online mode. */
  readonly online: boolean
  /** Milliseconds that a login may take: so long others wait for it. */
  readonly loginTime: number
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

export interface Matter {
  readonly payload: Uint8Array
  readonly options: SessionOptions
  readonly ports: SessionPorts
}

/** Where two sockets are asked, both stay within the second. */
const SHORT_PATIENCE = 400

/** @param patience milliseconds, for an agent that asks a person first */
export function askToSign({ payload, options }: Matter, socket: string, patience?: number): Promise<Asked> {
  const { wanted, online } = options
  const request: Request = { op: 'sign', wanted, payload, patient: patience !== undefined, online }
  return askAt(options, socket, request, patience)
}

export function askAt(
  { forwarded, world: { platform } }: SessionOptions,
  socket: string,
  request: Request,
  patience = forwarded === undefined ? undefined : SHORT_PATIENCE,
): Promise<Asked> {
  return askAgent(request, { socket, platform, ...(patience === undefined ? {} : { patience }) })
}

/**
 * Undefined unless it is a signature that would be published as it is.
 * @throws `identity` where nothing says which of several identities is meant, and what `admit` throws
 */
export async function acceptAnswer(matter: Matter, asked: Asked, place: string): Promise<ByAgent | undefined> {
  if (asked.answer === 'many') throw undecided(asked.identities)
  if (asked.answer !== 'signed') return undefined
  const { payload, ports, options } = matter
  const { wanted, trust, world, ignoreSct, online } = options
  let signed: Checked
  try {
    signed = checkMade(asked, { payload, wanted, trust, now: world.now(), ignoreSct, online })
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'parse') throw thrown
    ports.note(`${thrown.message}: it is not used`)
    return undefined
  }
  await ports.admit(signed)
  return { signed, made: asked, place }
}

export function isSilent(asked: Asked): asked is Silence {
  return asked.answer === undefined
}

function undecided(identities: readonly string[]): Fault {
  return new Fault(
    'identity',
    `several identities are at hand, and none is the committer's: ${identities.join(', ')}`,
    { hint: "say which one: git config gitsigil.identity 'ISSUER SUBJECT'" },
  )
}

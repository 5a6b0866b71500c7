// SPIFFE: a JWT-SVID from the Workload API of the agent on this machine, over its Unix socket.
import { Fault } from '../../errors.ts'
import { callUnary, type UnaryAnswer } from '../../system/grpc.ts'
import { printable, redact } from '../../system/http-fault.ts'
import type { World } from '../../system/world.ts'
import { type AmbientSource, noToken } from '../provider.ts'
import { type IdentityToken, parseToken } from '../token.ts'
import { encodeSvidRequest, parseEndpoint, parseSvidResponse } from './spiffe.ts'

export interface SpiffePorts {
  readonly world: Pick<World, 'env'>
  /** Asked for by name: then the agent may also be where SPIRE puts it by default. */
  readonly forced: boolean
  /** Milliseconds for one call; 5,000 unless given. */
  readonly timeout?: number
  /** Calls the agent, unless nobody is to. */
  readonly call?: typeof callUnary
}

const PLATFORM = 'SPIFFE'
/** In /tmp anybody may listen where no agent does, so nobody is asked there who was not meant. */
const DEFAULT_SOCKET = '/tmp/spire-agent/public/api.sock'
const METHOD = '/SpiffeWorkloadAPI/FetchJWTSVID'
const TIMEOUT = 5_000
const ATTEMPTS = 3
const WAIT = 300

const UNAVAILABLE = 14
const REFUSALS: ReadonlyMap<number, readonly [why: string, hint: string]> = new Map([
  [
    7,
    ['has no identity for this process', 'register an entry that matches it, or wait until it has reached the agent'],
  ],
  [12, ['offers no JWT-SVIDs', 'switch the JWT-SVID profile on in the agent']],
  [UNAVAILABLE, ['is not ready', 'see that the agent is up and has reached its server, and try again']],
])

export function spiffe(ports: SpiffePorts): AmbientSource {
  async function token(audience: string): Promise<IdentityToken | undefined> {
    const endpoint = ports.world.env['SPIFFE_ENDPOINT_SOCKET'] || (ports.forced ? DEFAULT_SOCKET : undefined)
    if (endpoint === undefined) return undefined
    const answer = await callPatiently(parseEndpoint(endpoint), audience, ports)
    if (answer.kind === 'failed')
      throw noToken(PLATFORM, `gave no token: the socket ${endpoint} ${answer.why}`, 'is SPIFFE_ENDPOINT_SOCKET right?')
    if (answer.status !== 0) throw refusal(answer.status, answer.said)
    return readSvid(answer.message)
  }

  return { name: 'spiffe', absence: 'SPIFFE_ENDPOINT_SOCKET is not set', token }
}

/** Waits a little for an agent that says that it is still starting. */
async function callPatiently(
  at: string | number,
  audience: string,
  { timeout = TIMEOUT, call: ask = callUnary }: SpiffePorts,
): Promise<UnaryAnswer> {
  // The header shows that the request was meant: a client tricked into asking some URL does not send it.
  const metadata = { 'workload.spiffe.io': 'true' }
  const call = { at, method: METHOD, metadata, message: encodeSvidRequest(audience), timeout }
  for (let count = 1; ; count++) {
    const answer = await ask(call)
    if (answer.kind === 'failed' || answer.status !== UNAVAILABLE || count === ATTEMPTS) return answer
    await new Promise((resolve) => setTimeout(resolve, WAIT * count))
  }
}

function refusal(status: number, said: string): Fault {
  const [why, hint] = REFUSALS.get(status) ?? [`refused (gRPC status ${status})`, "see the agent's log"]
  const quoted = printable(redact(said)).slice(0, 200)
  return noToken(PLATFORM, `gave no token: the agent ${why}${quoted === '' ? '' : `: ${quoted}`}`, hint)
}

function readSvid(message: Uint8Array): IdentityToken {
  try {
    return parseToken(parseSvidResponse(message), PLATFORM)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const why = `gave a token that is of no use: ${thrown.message}`
    throw noToken(PLATFORM, why, 'a SPIRE server names the issuer of its tokens where jwt_issuer is set', thrown)
  }
}

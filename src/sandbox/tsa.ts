// The timestamp authority: RFC 3161 over HTTP as Sigstore's answers it, 201 and application/timestamp-reply.
import { type Authority, toPem } from './authority.ts'
import type { FaultBoard } from './fault.ts'
import { binary, Refusal, readJson, routed, type Service, text } from './service.ts'
import { timestampQueryFromJson } from './timestamp-json.ts'
import { parseTimestampQuery } from './timestamp-query.ts'
import { encodeTimestampResponse, type TimestampSigner } from './timestamp-token.ts'

export interface TsaDeps {
  readonly authority: Authority
  /** A certificate of the same key that has expired, for the fault of that name. */
  readonly expired: Uint8Array
  readonly faults: FaultBoard
  now(): number
}

const QUERY = 'application/timestamp-query'
const REPLY = 'application/timestamp-reply'

export function createTsa(deps: TsaDeps): Service {
  const { authority } = deps
  return routed('tsa', {
    'POST /api/v1/timestamp': (request) => timestamp(request, deps),
    'GET /api/v1/timestamp/certchain': () =>
      text(200, authority.chain.map(toPem).join(''), 'application/pem-certificate-chain'),
  })
}

async function timestamp(request: Request, deps: TsaDeps): Promise<Response> {
  const query = parseTimestampQuery(await readQuery(request))
  const answer = encodeTimestampResponse(query, signerOf(deps), deps.now())
  return binary(201, deps.faults.take('tsa', 'wrong-proof') ? spoilt(answer) : answer, REPLY)
}

async function readQuery(request: Request): Promise<Uint8Array> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return timestampQueryFromJson(await readJson(request))
  if (type !== QUERY) throw new Refusal(415, 3, `the request is not ${QUERY}`)
  return new Uint8Array(await request.arrayBuffer())
}

function signerOf({ authority, expired, faults }: TsaDeps): TimestampSigner {
  const certificate = faults.take('tsa', 'expired-certificate') ? expired : authority.chain[0]
  return { key: authority.key, name: authority.name, certificate: certificate ?? expired }
}

// The last byte of the answer is the last of the signature.
function spoilt(answer: Uint8Array): Uint8Array {
  return answer.map((byte, index) => (index === answer.length - 1 ? byte ^ 1 : byte))
}

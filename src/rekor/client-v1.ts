// Rekor v1: `POST /api/v1/log/entries`. An entry that is there already (409) is fetched: the first answer got lost.
import type { WitnessRequest } from '../sign/sign.ts'
import type { Http, HttpResponse } from '../system/http.ts'
import { type Asked, answerFault, answerProblem, readAnswer } from '../system/http-fault.ts'
import { endpoint } from '../system/http-url.ts'
import { acceptEntry, expectedBody, NO_ENTRY, OTHER_ENTRY, versionHint } from './client-answer.ts'
import type { RekorClient } from './client-port.ts'
import type { LogEntry } from './entry.ts'
import { parseEntryV1 } from './entry-v1.ts'
import { encodeDsseProposal, envelopeBodies } from './envelope.ts'

const TIMEOUT = 15_000
const PATH = '/api/v1/log/entries'
/** 64 hexadecimal digits of the leaf's hash, with 16 of the tree's id before them in logs of several shards. */
const UUID = /\/api\/v1\/log\/entries\/((?:[0-9a-f]{16})?[0-9a-f]{64})$/

export function createRekorV1({ http, url: base }: { readonly http: Http; readonly url: string }): RekorClient {
  const asked: Asked = { service: 'Rekor', url: endpoint(base, PATH), code: 'log' }

  async function witness(request: WitnessRequest): Promise<LogEntry> {
    const response = await http.request({
      ...asked,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: encodeProposal(request),
      timeout: TIMEOUT,
      retry: 'idempotent',
    })
    if (response.status === 409) return accept(await fetchExisting(response), request)
    if (response.status !== 201 && response.status !== 200) throw answerFault(asked, response, versionHint(response, 1))
    return accept(response, request)
  }

  /** Only the UUID is taken from the Location: where the log is, the configuration says. */
  async function fetchExisting(conflict: HttpResponse): Promise<HttpResponse> {
    const uuid = UUID.exec(conflict.headers.get('location') ?? '')?.[1]
    if (uuid === undefined) throw answerProblem(asked, 'has the entry already and does not say where')
    const response = await http.request({ ...asked, url: `${asked.url}/${uuid}` })
    if (response.status !== 200) throw answerFault(asked, response)
    return response
  }

  function accept(response: HttpResponse, request: WitnessRequest): LogEntry {
    const kind = request.envelope === undefined ? 'hashedrekord' : 'dsse'
    const entry = readAnswer(asked, NO_ENTRY, () => parseEntryV1(response.body, kind))
    return acceptEntry(
      asked,
      entry,
      readAnswer(asked, OTHER_ENTRY, () => bodyOf(request, entry)),
    )
  }

  return { witness }
}

function encodeProposal(request: WitnessRequest): Uint8Array {
  const { envelope, leaf } = request
  // The canonical form of a hashedrekord is also the form in which one is proposed.
  if (envelope === undefined) return expectedBody(request, '0.0.1')
  return encodeDsseProposal(envelope, { certificate: leaf.bytes, key: leaf.key })
}

/** Throws `parse` where the entry is about another envelope. */
function bodyOf(request: WitnessRequest, entry: LogEntry): Uint8Array {
  const { envelope, leaf } = request
  if (envelope === undefined) return expectedBody(request, '0.0.1')
  const [body] = envelopeBodies(envelope, { certificate: leaf.bytes, key: leaf.key }, entry)
  return body ?? expectedBody(request, '0.0.1')
}

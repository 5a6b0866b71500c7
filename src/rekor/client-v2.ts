// Rekor v2: `POST /api/v2/log/entries`, which answers once the entry is in the tree. For an entry that is there already
// (409) the answer has neither entry nor proof but its index alone: both are made from the log's tiles.
import { decodeUtf8, equalBytes, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { WitnessRequest } from '../sign/sign.ts'
import type { HttpResponse } from '../system/http.ts'
import { type Asked, answerFault, answerProblem, readAnswer } from '../system/http-fault.ts'
import { endpoint } from '../system/http-url.ts'
import { keyDetails } from './body.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { acceptEntry, expectedBody, NO_ENTRY, versionHint } from './client-answer.ts'
import type { LogName, RekorClient, RekorOptions } from './client-port.ts'
import { createTileReader, fetchInclusion, type TileReader } from './client-tiles.ts'
import type { LogEntry } from './entry.ts'
import { logEntryFromJson } from './entry-json.ts'

/** A log answers after its next checkpoint. */
const TIMEOUT = 25_000
const NO_CHECKPOINT = 'answered with what is no checkpoint'
const GROWTH_CHECKS = 6
const GROWTH_WAIT = 500

export function createRekorV2(options: Omit<RekorOptions, 'version'>): RekorClient {
  const asked: Asked = { service: 'Rekor', url: endpoint(options.url, '/api/v2/log/entries'), code: 'log' }

  async function witness(request: WitnessRequest): Promise<LogEntry> {
    const body = expectedBody(request, '0.0.2')
    const response = await options.http.request({
      ...asked,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: encodeRequest(request),
      timeout: TIMEOUT,
      retry: 'idempotent',
    })
    if (response.status === 409) return acceptEntry(asked, await rebuildEntry(response, body), body)
    if (response.status !== 201 && response.status !== 200) throw answerFault(asked, response, versionHint(response, 2))
    const entry = readAnswer(asked, NO_ENTRY, () => logEntryFromJson(parseJson(response.body)))
    if (entry.version !== '0.0.2') throw answerProblem(asked, 'answered with an entry of another version')
    return acceptEntry(asked, entry, body)
  }

  async function rebuildEntry(conflict: HttpResponse, body: Uint8Array): Promise<LogEntry> {
    const index = parseIndex(conflict.headers.get('x-log-index'))
    if (index === undefined) throw answerProblem(asked, 'has the entry already and does not say where')
    const tiles = createTileReader(options.http, options.url)
    const note = await fetchCheckpointBeyond(tiles, index, asked, options.sleep ?? pause)
    const checkpoint = readAnswer(asked, NO_CHECKPOINT, () => parseCheckpoint(note))
    const hashes = await fetchInclusion(tiles, Number(index), Number(checkpoint.size))
    return {
      logIndex: index,
      logId: logIdOf(checkpoint, options.logs, asked),
      kind: 'hashedrekord',
      version: '0.0.2',
      integratedTime: 0n,
      proof: { logIndex: index, treeSize: checkpoint.size, rootHash: checkpoint.rootHash, hashes, checkpoint: note },
      canonicalizedBody: body,
    }
  }

  return { witness }
}

/** The JSON of a CreateEntryRequest. */
function encodeRequest({ digest, signature, leaf }: WitnessRequest): string {
  const verifier = { keyDetails: keyDetails(leaf.key), x509Certificate: { rawBytes: toBase64(leaf.bytes) } }
  return JSON.stringify({
    hashedRekordRequestV002: {
      digest: toBase64(digest),
      signature: { content: toBase64(signature), verifier },
    },
  })
}

/** An entry may be known before the checkpoint that covers it is out. */
async function fetchCheckpointBeyond(
  tiles: TileReader,
  index: bigint,
  asked: Asked,
  sleep: (ms: number) => Promise<void>,
): Promise<string> {
  for (let count = 0; count < GROWTH_CHECKS; count++) {
    if (count > 0) await sleep(GROWTH_WAIT)
    const note = await tiles.checkpoint()
    if (readAnswer(asked, NO_CHECKPOINT, () => parseCheckpoint(note)).size > index) return note
  }
  throw answerProblem(asked, `says the entry has index ${index}, and its checkpoint does not reach it`)
}

/** By origin and key hint; whether the log signed, the verifier checks. */
function logIdOf(checkpoint: SignedCheckpoint, logs: readonly LogName[], asked: Asked): Uint8Array {
  const log = logs.find(({ id, host }) =>
    checkpoint.signatures.some(({ name, hint }) => name === host && equalBytes(hint, id.subarray(0, 4))),
  )
  if (log === undefined) throw answerProblem(asked, 'is a log that the trusted root does not know')
  return log.id
}

function parseJson(body: Uint8Array): unknown {
  const text = decodeUtf8(body, 'log entry')
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('log entry', 'not JSON')
  }
}

function parseIndex(text: string | null): bigint | undefined {
  return text !== null && /^(0|[1-9]\d{0,14})$/.test(text) ? BigInt(text) : undefined
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

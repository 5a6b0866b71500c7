// The head of a log: the signed note of one of its trees, by the log's own key and name.
import { Fault } from '../errors.ts'
import type { Http, HttpRequest } from '../system/http.ts'
import { type Asked, readAnswer } from '../system/http-fault.ts'
import { endpoint } from '../system/http-url.ts'
import type { LogAuthority } from '../trust/root.ts'
import { checkCheckpoint, parseCheckpoint } from './checkpoint.ts'
import type { LogHead } from './client-log.ts'

/** A log that cannot answer now has not lied: `log` is for what it says. */
export function patient(http: Http): Http {
  return { request: (request) => http.request({ ...request, code: 'network' }) }
}

export function getRequest(base: string, path: string): HttpRequest {
  return { service: 'Rekor', url: endpoint(base, path), code: 'log' }
}

/** Of the tree with this origin, the first unless given. Throws `log` where there is none. */
export function pickNote(asked: HttpRequest, notes: readonly string[], origin: string | undefined): string {
  const [first = ''] = notes
  const note = origin === undefined ? first : notes.find((one) => one.startsWith(`${origin}\n`))
  if (note === undefined) throw new Fault('log', `${asked.url}: it has no tree ${origin}`)
  return note
}

/** The tree of a signed note. Throws `log` where the log did not sign it. */
export function readHead(asked: Asked, log: LogAuthority, note: string): LogHead {
  const checkpoint = readAnswer(asked, 'answered with what is no checkpoint', () => parseCheckpoint(note))
  const head = { treeSize: checkpoint.size, rootHash: checkpoint.rootHash, checkpoint, note }
  const why = checkCheckpoint(checkpoint, log, head)
  if (why !== undefined) throw new Fault('log', `${log.baseUrl}: ${why}`)
  return head
}

// What a log's answer must be before a signature is built on it. Whose log it is, the trusted root says later.
import { equalBytes } from '../bytes.ts'
import type { WitnessRequest } from '../sign/sign.ts'
import type { HttpResponse } from '../system/http.ts'
import { type Asked, answerProblem } from '../system/http-fault.ts'
import { type BodyVersion, hashedRekordBody } from './body.ts'
import type { LogEntry } from './entry.ts'
import { checkInclusion, leafHash } from './merkle.ts'

/** The canonical bytes that the log must hold for this signature. */
export function expectedBody({ digest, signature, leaf }: WitnessRequest, version: BodyVersion): Uint8Array {
  return hashedRekordBody({ version, digest, signature, certificate: leaf.bytes, key: leaf.key })
}

/** What `readAnswer` says of an answer that cannot be read. */
export const NO_ENTRY = 'answered with what is no log entry'
export const OTHER_ENTRY = 'answered with an entry about something else'

/** The entry, if it is this body's and in the tree it names. Throws `log`. */
export function acceptEntry(asked: Asked, entry: LogEntry, body: Uint8Array): LogEntry {
  const why = checkAnswer(entry, body)
  if (why !== undefined) throw answerProblem(asked, why)
  return entry
}

/** A log of one version knows nothing of the other's paths, and can say no more than 404. */
export function versionHint({ status }: Pick<HttpResponse, 'status'>, asked: 1 | 2): string | undefined {
  const other = asked === 1 ? 2 : 1
  return status === 404 ? `is this a Rekor v${other}? then set gitsigil.rekorVersion to ${other}` : undefined
}

function checkAnswer(entry: LogEntry, body: Uint8Array): string | undefined {
  // A log that vouches for something else proves nothing about this signature.
  if (entry.canonicalizedBody === undefined || !equalBytes(entry.canonicalizedBody, body)) return OTHER_ENTRY
  if (entry.proof === undefined) return 'answered with an entry without inclusion proof'
  if (entry.version === '0.0.1' && (entry.promise === undefined || entry.integratedTime === 0n))
    return 'answered with an entry without signed entry timestamp'
  const why = checkInclusion(leafHash(body), entry.proof)
  return why === undefined ? undefined : `answered with a wrong proof: ${why}`
}

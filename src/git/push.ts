// What the raw bytes of a push certificate say (git: send-pack.c generate_push_cert, receive-pack.c). Refuses what Git
// does not write.
import { Buffer } from 'node:buffer'
import { malformed } from '../errors.ts'
import { headerLength, readHeader } from './header.ts'
import { isObjectId } from './id.ts'

export interface PushCertificate {
  /** The raw line without its name. */
  readonly pusher: Uint8Array
  readonly updates: readonly PushUpdate[]
}

export interface PushUpdate {
  readonly from: string
  readonly to: string
  readonly ref: string
}

const VERSION = 'certificate version 0.1\n'
const OPTIONAL: readonly string[] = ['pushee', 'nonce', 'push-option']

/** Reads the signed part, without the signature. Throws `parse` for anything else. */
export function parsePushCertificate(payload: Uint8Array): PushCertificate {
  const [version, pusher, ...rest] = readHeader(payload)
  if (version?.raw !== VERSION) throw malformed('push certificate', 'not of version 0.1')
  if (pusher?.name !== 'pusher') throw malformed('push certificate', 'no pusher where one belongs')
  if (rest.some(({ name }) => !OPTIONAL.includes(name))) throw malformed('push certificate', 'an unknown header')
  const lines = Buffer.from(payload.subarray(headerLength(payload) + 1)).toString('latin1')
  if (!lines.endsWith('\n')) throw malformed('push certificate', 'no update, or one that is cut off')
  const updates = lines.slice(0, -1).split('\n').map(parseUpdate)
  return { pusher: Buffer.from(pusher.raw.slice('pusher '.length).replace(/\n$/, ''), 'latin1'), updates }
}

function parseUpdate(line: string): PushUpdate {
  const [from = '', to = '', ref = '', ...more] = line.split(' ')
  const algorithm = from.length === 40 ? 'sha1' : 'sha256'
  if (!isObjectId(from, algorithm) || !isObjectId(to, algorithm) || ref === '' || more.length > 0)
    throw malformed('push certificate', 'an update that is none')
  return { from, to, ref }
}

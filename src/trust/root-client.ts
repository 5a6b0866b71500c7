// The TUF root.json that an instance is to start from, read from where the user says, and what makes it the right one:
// its SHA-256, or, the first time, the user's word that the place is.
import { hash } from 'node:crypto'
import { Fault } from '../errors.ts'
import { readBytes } from '../system/files.ts'
import type { Http } from '../system/http.ts'
import { objectOf, parseDocument, textOf } from './json.ts'

/** Largest root.json read, in bytes; tuf-js has the same limit for those that follow. */
const MAX_ROOT = 512_000

export interface RootSource {
  /** Absolute path, or URL. */
  readonly place: string
  /** SHA-256 that the file must have, as hex in either case. */
  readonly checksum?: string | undefined
  /** SHA-256 of the root that this instance started from before, in lower case. */
  readonly anchor?: string | undefined
}

export interface GivenRoot {
  readonly bytes: Uint8Array
  readonly sha256: string
  /** Trusted only because it was found there: nothing but the place vouches for it, and this is the first time. */
  readonly isFirstUse: boolean
}

export function isUrl(place: string): boolean {
  return /^https?:\/\//i.test(place)
}

/** Throws `usage` for a bad checksum; `trust` where the root is not the one asked for, or not the one seen before. */
export async function fetchRoot(source: RootSource, http: Http): Promise<GivenRoot> {
  const { place, anchor } = source
  const checksum = source.checksum?.toLowerCase()
  if (checksum !== undefined && !/^[0-9a-f]{64}$/.test(checksum))
    throw new Fault('usage', '--root-checksum is not a SHA-256 in hexadecimal')
  const bytes = isUrl(place) ? await download(place, http) : readBytes(place, MAX_ROOT)
  checkType(bytes, place)
  const sha256 = hash('sha256', bytes, 'hex')
  if (checksum !== undefined && checksum !== sha256)
    throw new Fault('trust', `${place} has SHA-256 ${sha256}, not the one of --root-checksum`)
  const isUnvouched = isUrl(place) && checksum === undefined
  // Trust on first use ends with the first use: whoever takes over the place later gets nothing.
  if (isUnvouched && anchor !== undefined && anchor !== sha256)
    throw new Fault('trust', `${place} has SHA-256 ${sha256}, but this instance started from ${anchor}`, {
      hint: 'leave --root out to go on from there, or vouch for the new one with --root-checksum',
    })
  return { bytes, sha256, isFirstUse: isUnvouched && anchor === undefined }
}

// No more than a look, for a better message: tuf-js reads it strictly.
function checkType(bytes: Uint8Array, place: string): void {
  try {
    if (textOf(objectOf(parseDocument(bytes, 'root'), 'signed'), '_type') === 'root') return
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
  }
  throw new Fault('trust', `${place} is not a TUF root`)
}

async function download(url: string, http: Http): Promise<Uint8Array> {
  const request = { service: 'TUF root', url, maxBytes: MAX_ROOT, accept: '*/*', code: 'trust' } as const
  const { status, body } = await http.request(request)
  if (status !== 200) throw new Fault('trust', `${url} answered ${status}`)
  return body
}

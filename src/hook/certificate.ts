// What a push certificate must say to be about this push, once its signature is good: the nonce that this server made for
// it, and exactly these updates. Git's own word on the signature (GIT_PUSH_CERT_STATUS) is not asked: it is `G` for
// identities that nobody allowed.
import { Buffer } from 'node:buffer'
import { Fault } from '../errors.ts'
import { findHeaders } from '../git/header.ts'
import { type PushUpdate, parsePushCertificate } from '../git/push.ts'

/** What receive-pack tells of the certificate, from the hook's environment. */
export interface CertificateClaims {
  /** GIT_PUSH_CERT_NONCE_STATUS. */
  readonly nonceStatus: string | undefined
  /** GIT_PUSH_CERT_NONCE. */
  readonly nonce: string | undefined
}

const MINUTE = 60_000
/** A push takes as long as its objects; a nonce that is older was made for another one. */
const MAX_AGE = 24 * 60 * MINUTE

/**
 * Why this certificate is not about this push; undefined where it is.
 * @param payload its signed part
 * @param updates those that the hook was given; `isWhole` where they are all of the push
 * @param now milliseconds since 1970
 */
export function checkPushCertificate(
  payload: Uint8Array,
  claims: CertificateClaims,
  { updates, isWhole }: { readonly updates: readonly PushUpdate[]; readonly isWhole: boolean },
  now: number,
): string | undefined {
  return checkNonce(payload, claims, now) ?? checkUpdates(payload, updates, isWhole)
}

/** Without a nonce that this server has just made, an old certificate would push again what it once pushed. */
function checkNonce(payload: Uint8Array, { nonceStatus, nonce }: CertificateClaims, now: number): string | undefined {
  if (nonceStatus === undefined) return 'this server gave no nonce for it (receive.certNonceSeed is not set)'
  if (nonceStatus !== 'OK') return `its nonce is not the one that this server gave (${nonceStatus})`
  const [line, more] = findHeaders(payload, 'nonce ')
  if (line === undefined || more !== undefined || nonce === undefined || line.raw !== `nonce ${nonce}\n`)
    return 'its nonce is not the one that this server gave'
  // receive-pack hands on these variables from whoever started it where a push has no certificate, so an old pair of
  // certificate and nonce may be offered as new. The nonce begins with the time it was made.
  const age = now - Number(/^(\d{1,12})-[0-9a-f]+$/.exec(nonce)?.[1] ?? Number.NaN) * 1000
  return age <= MAX_AGE && age >= -5 * MINUTE ? undefined : 'its nonce is of another day'
}

/** A certificate that lists less vouches for less than is done; one that lists more was made for another push. */
function checkUpdates(payload: Uint8Array, updates: readonly PushUpdate[], isWhole: boolean): string | undefined {
  const listed = readUpdates(payload)
  if (listed === undefined) return 'it cannot be read'
  const known = new Set(listed.map(keyOf))
  const missing = updates.find((update) => !known.has(keyOf(inBytes(update))))
  if (missing !== undefined) return `it does not list this update of ${missing.ref}`
  if (known.size !== listed.length) return 'it lists an update twice'
  return !isWhole || listed.length === updates.length ? undefined : 'it lists more updates than are made'
}

function readUpdates(payload: Uint8Array): readonly PushUpdate[] | undefined {
  try {
    return parsePushCertificate(payload).updates
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}

/** The certificate's names are kept as bytes, one character each. */
function inBytes({ from, to, ref }: PushUpdate): PushUpdate {
  return { from, to, ref: Buffer.from(ref, 'utf8').toString('latin1') }
}

function keyOf({ from, to, ref }: PushUpdate): string {
  return `${from} ${to} ${ref}`
}

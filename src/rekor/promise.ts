// The signed entry timestamp (SET) of Rekor v1: the log's signature over what it took in, where and when.
import { encodeUtf8, toBase64, toHex } from '../bytes.ts'
import type { LogAuthority } from '../trust/root.ts'
import { verifyWithKey } from '../x509/key.ts'
import type { LogEntry } from './entry.ts'

/** What the SET signs: canonical JSON (RFC 8785). `logIndex` is the log's global one. */
export function promisePayload(entry: LogEntry, body: Uint8Array): Uint8Array {
  return encodeUtf8(
    `{"body":"${toBase64(body)}","integratedTime":${entry.integratedTime},` +
      `"logID":"${toHex(entry.logId)}","logIndex":${entry.logIndex}}`,
  )
}

/**
 * Whether `log` promised to take in `body` at the entry's integratedTime. Does not ask when the log's key was valid.
 * @returns why not, or undefined
 */
export function checkPromise(entry: LogEntry, body: Uint8Array, log: LogAuthority): string | undefined {
  if (entry.promise === undefined) return 'the log entry has no signed entry timestamp'
  // Only this signature makes integratedTime more than a number that the signer wrote: without it a leaked key of a
  // certificate long expired could sign for ever.
  const hash = log.key.algorithm === 'Ed25519' ? undefined : 'sha256'
  return verifyWithKey(log.key, hash, promisePayload(entry, body), entry.promise)
    ? undefined
    : 'the signed entry timestamp does not verify'
}

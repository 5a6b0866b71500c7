import type { LogEntry } from '../../src/rekor/entry.ts'
import { SECOND, SIGNED_AT, STRANGERS, VECTORS } from '../forge/instance.ts'
import { curveKey } from '../forge/key.ts'
import { makeLog } from '../forge/log.ts'
import { rsaKey } from '../forge/rsa.ts'
import { flipped } from './edit.ts'
import { log, ROOT } from './proof.ts'
import { ALL_KINDS, type Vector } from './vector.ts'

const withoutPromise = ({ promise: _, ...entry }: LogEntry): LogEntry => entry

const UNPROVEN = 'the signed entry timestamp is not proven'

/** With a timestamp beside them, so that time and chain are proven by that. */
export const CLAIMS: readonly Vector[] = [
  ...log(
    'no-entry',
    'no log entry is embedded',
    'a timestamp alone: nobody who watches the logs hears of the signature',
    { kinds: ALL_KINDS, log: 'none', stamp: {}, from: 'good-v1-stamped' },
  ),
  ...log('stamped-set-missing', UNPROVEN, 'an entry of v1 whose promise was cut off, behind a timestamp', {
    stamp: {},
    entry: withoutPromise,
  }),
  ...log('stamped-set-false', UNPROVEN, 'an entry of v1 with a false promise, behind a timestamp', {
    stamp: {},
    entry: (entry) => ({ ...entry, promise: flipped(entry.promise ?? new Uint8Array(), -1) }),
  }),
  ...log('stamped-set-backdated', UNPROVEN, 'an entry of v1 whose time was changed, behind a timestamp', {
    stamp: {},
    entry: (entry) => ({ ...entry, integratedTime: entry.integratedTime - 60n }),
  }),
  ...log(
    'stamped-unlisted',
    'the log entry is of a log that is not in the trusted root',
    'a log that nobody lists, behind a timestamp',
    { kinds: ALL_KINDS, log: STRANGERS.rekor2, stamp: {}, from: 'good-v2' },
  ),
  ...log('stamped-another-kind', 'log entry: not a hashedrekord', 'an entry of another kind, behind a timestamp', {
    log: 'v2',
    entry: (entry) => ({ ...entry, kind: 'dsse' }),
  }),
  ...log(
    'stamped-unknown-version',
    'log entry: unknown version of hashedrekord',
    'a version that nobody knows, behind a timestamp',
    { log: 'v2', entry: (entry) => ({ ...entry, version: '0.0.3' }) },
  ),
  ...log('v2-proof-missing', 'the log entry has no inclusion proof', 'an entry of v2 without a proof', {
    log: 'v2',
    entry: ({ proof: _, ...entry }) => entry,
  }),
  ...log('v2-as-v1', UNPROVEN, 'kind confusion: an entry of v2 stamped 0.0.1, with a time that its signer wrote', {
    log: 'v2',
    entry: (entry) => ({ ...entry, version: '0.0.1', integratedTime: BigInt(SIGNED_AT / SECOND) }),
  }),
  ...log('v1-as-v2', ROOT, 'kind confusion: an entry of v1 stamped 0.0.2 without its promise', {
    stamp: {},
    entry: (entry) => ({ ...withoutPromise(entry), version: '0.0.2', integratedTime: 0n, logIndex: 2n }),
  }),
  ...log('v1-body-in-v2', ROOT, 'kind confusion: a body of v1 in the log of v2', {
    log: makeLog('0.0.1', VECTORS.rekor2.host, VECTORS.rekor2.key),
    stamp: {},
    from: 'good-v2',
    entry: (entry) => ({ ...withoutPromise(entry), integratedTime: 0n, logIndex: 2n }),
  }),
  ...log(
    'v2-dated-by-set',
    'the time of the v2 log entry is not proven',
    'kind confusion: a body of v2 under the promise of v1, without a timestamp',
    {
      log: makeLog('0.0.2', VECTORS.rekor1.host, VECTORS.rekor1.key),
      stamp: null,
      from: 'good-v2',
      entry: (entry, { body }) => {
        const dated = { ...entry, integratedTime: BigInt(SIGNED_AT / SECOND) }
        return { ...dated, promise: VECTORS.rekor1.promise(dated, body) }
      },
    },
  ),
  ...log(
    'v2-other-index',
    'the log entry has another index than its inclusion proof',
    'an entry of v2 that is shown under another index',
    {
      log: 'v2',
      entry: (entry) => ({ ...entry, logIndex: 7n }),
    },
  ),
  ...log('v2-wrong-hash', ROOT, 'an entry of v2 that holds the SHA-256 of what a P-384 key signed', {
    log: 'v2',
    key: curveKey('leaf', 'P-384'),
    bodyHash: 'sha256',
    from: 'good-p384-v2',
  }),
  ...log('v2-odd-rsa', 'hashedrekord: Rekor v2 takes no RSA 2056 key', 'a key that Rekor v2 does not take', {
    log: 'v2',
    key: rsaKey('leaf', 2056),
    from: 'good-rsa-odd-length',
  }),
]

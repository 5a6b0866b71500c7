// Vectors of the `sct` check: no CT log of the trusted root promised to publish the certificate (RFC 6962).
import { concatBytes } from '../../src/bytes.ts'
import { STRANGERS, VECTORS } from '../forge/instance.ts'
import { forgeLeaf } from '../forge/recipe.ts'
import { ctLogId, SCT_EXTENSION } from '../forge/sct.ts'
import { flipped } from './edit.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

const WRONG = 'the certificate transparency timestamp does not verify'
const NOBODY = 'no certificate transparency timestamp is by a log of the trusted root'

const sct = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('sct', name, reason, says, making)

export const SCTS: readonly Vector[] = [
  ...sct('missing', 'the certificate has no certificate transparency timestamp', 'a CA that issues in secret', {
    kinds: ALL_KINDS,
    scts: () => [],
  }),
  ...sct(
    'missing-v2',
    'the certificate has no certificate transparency timestamp',
    'a CA that issues in secret, with a timestamp',
    { log: 'v2', scts: () => [] },
  ),
  ...sct('unlisted-log', NOBODY, 'a CT log that nobody lists', {
    kinds: ALL_KINDS,
    scts: (make) => [make({ log: STRANGERS.ct })],
  }),
  ...sct('unlisted-key', WRONG, 'another key under the id of a listed log', {
    kinds: ALL_KINDS,
    scts: (make) => [make({ log: STRANGERS.ct, logId: ctLogId(VECTORS.ct) })],
  }),
  ...sct('other-certificate', WRONG, "another certificate's timestamp", {
    kinds: ALL_KINDS,
    scts: (make) => [make({ tbs: forgeLeaf({ scts: () => [] }) })],
  }),
  ...sct('other-issuer', WRONG, 'a promise about the certificate of another CA', {
    scts: (make) => [make({ issuer: STRANGERS.intermediate.key.spki })],
  }),
  ...sct('bit-flipped', WRONG, 'one bit turned', { scts: (make) => [flipped(make(), -1)] }),
  ...sct('extension-changed', WRONG, "the timestamp's extension was changed after it was signed", {
    scts: (make) => [swapped(make({ extensions: SCT_EXTENSION }))],
  }),
  ...sct('version-2', NOBODY, 'a timestamp of a version that nobody knows', { scts: (make) => [make({ version: 1 })] }),
  ...sct('other-algorithm', WRONG, 'the timestamp says that it is by RSA', {
    scts: (make) => [make({ algorithm: [4, 1] })],
  }),
  ...sct('sha1', WRONG, 'the timestamp says that it is by SHA-1', { scts: (make) => [make({ algorithm: [2, 3] })] }),
  ...sct('empty-list', NOBODY, 'a list of none', { sctBytes: () => Uint8Array.of(0, 0) }),
  ...sct('many', 'SCT list: too many', 'seventeen timestamps, each a signature check', {
    scts: (make) => Array.from({ length: 17 }, () => make({ log: STRANGERS.ct })),
  }),
  ...sct('far-future', 'SCT: timestamp out of range', 'a timestamp past the year 10889', {
    scts: (make) => [make({ overflow: 1 })],
  }),
  ...sct('truncated', 'TLS structure: truncated', 'a list that is shorter than it says', {
    sctBytes: (list) => list.subarray(0, -1),
  }),
  ...sct('trailing-bytes', 'TLS structure: trailing bytes', 'bytes behind the list', {
    sctBytes: (list) => concatBytes(list, Uint8Array.of(0)),
  }),
  ...sct('trailing-bytes-inside', 'TLS structure: trailing bytes', "bytes behind a timestamp's signature", {
    scts: (make) => [concatBytes(make(), Uint8Array.of(0))],
  }),
]

function swapped(timestamp: Uint8Array): Uint8Array {
  return flipped(timestamp, 1 + 32 + 8 + 2 + SCT_EXTENSION.length - 1)
}

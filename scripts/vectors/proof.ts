// Vectors of the `log` check about the inclusion proof (RFC 9162 2.1).
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import type { InclusionProof } from '../../src/rekor/entry.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { prove } from '../forge/log.ts'
import type { EntryContext, Recipe } from '../forge/recipe.ts'
import { flipped } from './edit.ts'
import { otherBody } from './time.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

export const log = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('log', name, reason, says, making)

type ChangeProof = (proof: InclusionProof, context: EntryContext) => Partial<InclusionProof>

function inProof(change: ChangeProof): Required<Pick<Recipe, 'entry'>> {
  return {
    entry: (entry, context) =>
      entry.proof === undefined ? entry : { ...entry, proof: { ...entry.proof, ...change(entry.proof, context) } },
  }
}

export const proof = (
  name: string,
  reason: string,
  says: string,
  change: ChangeProof,
  making: Making = {},
): readonly Vector[] => log(name, reason, says, { ...inProof(change), ...making })

export const ROOT = 'the inclusion proof does not lead to the root of the tree'

const LENGTH = 'the inclusion proof has a wrong length'

const OUTSIDE = 'the index of the inclusion proof is outside the tree'

export const PROOFS: readonly Vector[] = [
  ...proof(
    'proof-of-another-entry',
    ROOT,
    "another entry's proof, its checkpoint good",
    (_, { log: by }) => prove(by, otherBody({ content: true })()),
    { kinds: ALL_KINDS },
  ),
  ...proof('proof-bit-flipped', ROOT, 'one bit of a hash turned', ({ hashes }) => ({
    hashes: hashes.map((hash, i) => (i === 0 ? flipped(hash, 0) : hash)),
  })),
  ...proof('proof-hashes-exchanged', ROOT, 'two hashes exchanged', ({ hashes: [a, b, ...rest] }) => ({
    hashes: [b, a, ...rest].filter((one) => one !== undefined),
  })),
  ...proof('proof-other-index', ROOT, 'the index of a neighbour', () => ({ logIndex: 3n })),
  ...proof('proof-short', LENGTH, 'a hash is missing: a node stands for the leaf', ({ hashes }) => ({
    hashes: hashes.slice(1),
  })),
  ...proof('proof-long', LENGTH, 'a hash too many, which could carry any root', ({ hashes }) => ({
    hashes: [...hashes, new Uint8Array(32)],
  })),
  ...proof('proof-of-64-hashes', LENGTH, 'an oversized proof of 64 hashes', () => ({
    hashes: Array.from({ length: 64 }, () => new Uint8Array(32)),
  })),
  ...proof('proof-empty', LENGTH, 'no hashes, and the leaf itself as the root', (_, { log: by, body }) => {
    const rootHash = leafHash(body)
    return { hashes: [], rootHash, checkpoint: by.note({ size: 5n, rootHash }) }
  }),
  ...proof('proof-outside', OUTSIDE, 'an index behind the last entry', () => ({ logIndex: 5n })),
  ...proof(
    'proof-stale',
    OUTSIDE,
    'a stale proof, of the tree before the entry was in it',
    (_, { log: by }) => ({ ...prove(by, new Uint8Array(), 1, 2), logIndex: 2n }),
    { kinds: ALL_KINDS },
  ),
  ...proof('proof-in-empty-tree', OUTSIDE, 'a tree of no entries', (_, { log: by }) => ({
    treeSize: 0n,
    checkpoint: by.note({ size: 0n, rootHash: new Uint8Array(32) }),
  })),
  ...proof('proof-of-global-index', OUTSIDE, "the log's global index in place of the tree's", () => ({
    logIndex: 5_000_000_002n,
  })),
  ...log(
    'entry-of-another-signature',
    'the log entry is about another signature',
    'a true entry with its own body, about another signature (CVE-2022-36056)',
    {
      kinds: ALL_KINDS,
      body: otherBody({ key: true, content: true }),
      entry: (entry, { body }) => ({ ...entry, canonicalizedBody: body }),
    },
  ),
  ...log('entry-of-another-signature-v2', ROOT, 'a true entry of v2 about another signature', {
    log: 'v2',
    body: otherBody({ key: true, content: true }, '0.0.2'),
  }),
  ...log(
    'body-changed',
    'the log entry is about another signature',
    'the entry brings a body that is not the logged one',
    {
      log: 'v2',
      entry: (entry, { body }) => ({ ...entry, canonicalizedBody: concatBytes(body, encodeUtf8(' ')) }),
    },
  ),
]

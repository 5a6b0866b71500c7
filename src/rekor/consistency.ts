// Consistency proofs (RFC 9162 2.1.4.2): that a tree only grew. A proof of any other length than the path's is refused.
import { equalBytes } from '../bytes.ts'
import type { TreeHead } from './checkpoint.ts'
import { nodeHash } from './merkle.ts'

/**
 * Whether the tree of `last` begins with all leaves of that of `first`, in their order (RFC 9162 2.1.4.2). Says nothing of
 * who vouches for either root.
 * @returns why not, or undefined
 */
export function checkConsistency(first: TreeHead, last: TreeHead, hashes: readonly Uint8Array[]): string | undefined {
  if (first.treeSize > last.treeSize) return 'the tree has become smaller'
  if (first.treeSize === last.treeSize || first.treeSize === 0n) {
    if (hashes.length > 0) return WRONG_LENGTH
    // Two roots of one size are two logs: each reader is shown the one that suits him.
    if (first.treeSize === 0n || equalBytes(first.rootHash, last.rootHash)) return undefined
    return 'the tree has two roots for one size'
  }
  const roots = climbBoth(first, last, hashes)
  if (roots === undefined) return WRONG_LENGTH
  if (!equalBytes(roots.first, first.rootHash))
    return 'the consistency proof does not lead to the root of the earlier tree'
  // Leaves that were changed or left out give another root.
  return equalBytes(roots.last, last.rootHash)
    ? undefined
    : 'the consistency proof does not lead to the root of the later tree'
}

const WRONG_LENGTH = 'the consistency proof has a wrong length'

/** Both roots as the proof gives them; undefined for one of another length than the path's. */
function climbBoth(first: TreeHead, last: TreeHead, hashes: readonly Uint8Array[]) {
  let [at, end] = [first.treeSize - 1n, last.treeSize - 1n]
  for (; (at & 1n) === 1n; at >>= 1n) end >>= 1n
  const isComplete = (first.treeSize & (first.treeSize - 1n)) === 0n
  const [seed, ...siblings] = isComplete ? [first.rootHash, ...hashes] : hashes
  if (seed === undefined) return undefined
  const roots = { first: seed, last: seed }
  for (const sibling of siblings) {
    if (end === 0n) return undefined
    if ((at & 1n) === 1n || at === end) {
      roots.first = nodeHash(sibling, roots.first)
      roots.last = nodeHash(sibling, roots.last)
      for (; (at & 1n) === 0n && at !== 0n; at >>= 1n) end >>= 1n
    } else roots.last = nodeHash(roots.last, sibling)
    at >>= 1n
    end >>= 1n
  }
  return end === 0n ? roots : undefined
}

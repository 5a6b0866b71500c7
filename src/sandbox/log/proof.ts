// The inclusion proof of an entry against the latest checkpoint.
import type { InclusionProof } from '../../rekor/entry.ts'
import type { TileLog } from './log.ts'

export async function proofOf(log: TileLog, index: number): Promise<InclusionProof> {
  // Read together: an append while the proof is computed must not put another tree's checkpoint beside it.
  const size = log.size
  const checkpoint = log.checkpoint()
  const [hashes, rootHash] = await Promise.all([log.inclusion(index, size), log.root(size)])
  return { logIndex: BigInt(index), treeSize: BigInt(size), rootHash, hashes, checkpoint }
}

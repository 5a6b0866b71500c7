// A Sigstore instance for long histories: the runtime's own keys, because those of the vectors are slow, and log proofs as
// long as those of a log with a hundred million entries.
import { generateKeyPairSync, sign } from 'node:crypto'
import type { InclusionProof } from '../../src/rekor/entry.ts'
import { leafHash, nodeHash } from '../../src/rekor/merkle.ts'
import {
  CERT_SIGN,
  caConstraint,
  draftCertificate,
  encodeCertificate,
  encodeName,
  type Issuer,
  keyIds,
  OID,
  purposes,
} from '../forge/certificate.ts'
import { CA_WINDOW, type Instance, VECTORS } from '../forge/instance.ts'
import type { ForgeKey } from '../forge/key.ts'
import { type Log, makeLog } from '../forge/log.ts'

const CURVES = { 'P-256': ['prime256v1', 'sha256'], 'P-384': ['secp384r1', 'sha384'] } as const
/** Entries of the log that an entry's proof is in. */
const TREE_SIZE = 123_456_789n

/** A new key; not the same twice. */
export function newKey(kind: 'P-256' | 'P-384' = 'P-256'): ForgeKey {
  const [namedCurve, hash] = CURVES[kind]
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return { kind, spki, hash, sign: (data, by = hash) => sign(by, data, privateKey) }
}

/** Like the vectors' instance, whose timestamp authority it has: CA, CT log and Rekor v1 with keys of this run. */
export function newInstance(): Instance {
  const root = newRoot()
  return {
    ...VECTORS,
    root,
    intermediate: newIntermediate(root),
    ct: newKey(),
    rekor1: makeLog('0.0.1', VECTORS.rekor1.host, newKey()),
  }
}

/** A proof of `body` somewhere in a large tree, and the checkpoint that goes with it. `random` gives numbers below 2^32. */
export function proveInLargeTree(log: Log, body: Uint8Array, random: () => number): InclusionProof {
  const index = BigInt(random()) % TREE_SIZE
  const inner = (index ^ (TREE_SIZE - 1n)).toString(2).length
  const border = (index >> BigInt(inner)).toString(2).replaceAll('0', '').length
  const hashes = Array.from({ length: inner + border }, () => {
    return Uint8Array.from(new Uint8Array(Uint32Array.from({ length: 8 }, random).buffer))
  })
  const rootHash = hashes.reduce(
    (node, sibling, level) =>
      level < inner && ((index >> BigInt(level)) & 1n) === 0n ? nodeHash(node, sibling) : nodeHash(sibling, node),
    leafHash(body),
  )
  const checkpoint = log.note({ size: TREE_SIZE, rootHash })
  return { logIndex: index, treeSize: TREE_SIZE, rootHash, hashes, checkpoint }
}

function newRoot(): Issuer {
  const key = newKey('P-384')
  const name = encodeName('history.example (made up)', 'root')
  const extensions = [CERT_SIGN, caConstraint(1)]
  const names = { issuer: name, subject: name }
  return {
    name,
    key,
    certificate: encodeCertificate(draftCertificate('root', names, CA_WINDOW, key.spki, key, extensions), key),
  }
}

function newIntermediate(root: Issuer): Issuer {
  const key = newKey('P-384')
  const name = encodeName('history.example (made up)', 'intermediate')
  const extensions = [CERT_SIGN, purposes(false, OID.codeSigning), caConstraint(0), ...keyIds(key, root.key)]
  const names = { issuer: root.name, subject: name }
  const draft = draftCertificate('intermediate', names, CA_WINDOW, key.spki, root.key, extensions)
  return { name, key, certificate: encodeCertificate(draft, root.key) }
}

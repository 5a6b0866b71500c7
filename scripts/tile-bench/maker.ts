// A tiled log of many entries in a folder: every file as the sandbox writes it, and a signed checkpoint. Digests and
// signatures are random, so nothing in it verifies but the tree.
import { randomFillSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeUtf8, toBase64 } from '../../src/bytes.ts'
import { appendLeaves, EMPTY_RANGE, rootOf } from '../../src/rekor/compact-range.ts'
import { blockOfBundle, encodeBundle } from '../../src/rekor/entry-bundle.ts'
import { foldTile, hashEntries } from '../../src/rekor/tile-hash.ts'
import { numberedPath } from '../../src/sandbox/log/path.ts'
import { ed25519Key } from '../forge/key.ts'
import { type Log, makeLog } from '../forge/log.ts'
import { makeCertificates } from './certificates.ts'

export interface MadeLog {
  readonly log: Log
  readonly size: number
  /** Bytes of all bundles. */
  readonly bytes: number
  readonly rootHash: Uint8Array
  readonly checkpoint: string
}

const TILE = 256
const HASH = 32
const VARIED = 400
/** DER of an ECDSA signature, its two numbers aside. */
const SIGNATURE = 71

/** @param host name of the log, as checkpoints have it */
export function makeTileLog(folder: string, size: number, host: string): MadeLog {
  const log = makeLog('0.0.2', host, ed25519Key('tile bench'))
  const bodies = bodyMaker()
  let level: Buffer[] = []
  let [range, bytes] = [EMPTY_RANGE, 0]
  for (let n = 0; n * TILE < size; n++) {
    const width = Math.min(TILE, size - n * TILE)
    const bundle = encodeBundle(Array.from({ length: width }, () => bodies()))
    const hashes = hashEntries(blockOfBundle(bundle, width))
    write(folder, 'entries', n, width, bundle)
    level.push(hashes)
    bytes += bundle.length
    range = appendLeaves(range, hashesOf(hashes))
  }
  for (let depth = 0; level.length > 0; depth++) level = writeLevel(folder, depth, Buffer.concat(level))
  const rootHash = rootOf(range)
  const checkpoint = log.note({ size: BigInt(size), rootHash })
  writeFileSync(join(folder, 'checkpoint'), checkpoint)
  return { log, size, bytes, rootHash, checkpoint }
}

/** Writes the tiles of a level and gives the hashes of the full ones. */
function writeLevel(folder: string, level: number, hashes: Buffer): Buffer[] {
  const above: Buffer[] = []
  for (let n = 0; n * TILE * HASH < hashes.length; n++) {
    const tile = hashes.subarray(n * TILE * HASH, (n + 1) * TILE * HASH)
    write(folder, String(level), n, tile.length / HASH, tile)
    if (tile.length === TILE * HASH) above.push(Buffer.from(foldTile(tile)))
  }
  return above
}

function write(folder: string, level: string, n: number, width: number, bytes: Uint8Array): void {
  const path = join(folder, 'tile', level, numberedPath(n, width))
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

function hashesOf(tile: Buffer): readonly Uint8Array[] {
  return Array.from({ length: tile.length / HASH }, (_, i) => tile.subarray(i * HASH, (i + 1) * HASH))
}

/** The same text but for digest, signature and certificate. */
function bodyMaker(): () => Uint8Array {
  const certificates = makeCertificates(VARIED).map(toBase64)
  const random = Buffer.alloc(HASH + SIGNATURE + 4)
  return () => {
    randomFillSync(random)
    random.set([0x30, 69, 0x02, 33, 0], HASH)
    const certificate = certificates[random.readUInt32LE(HASH + SIGNATURE) % VARIED] ?? ''
    return encodeUtf8(
      '{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256",' +
        `"digest":"${toBase64(random.subarray(0, HASH))}"},"signature":{"content":"` +
        `${toBase64(random.subarray(HASH, HASH + SIGNATURE))}","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256",` +
        `"x509Certificate":{"rawBytes":"${certificate}"}}}}}}`,
    )
  }
}

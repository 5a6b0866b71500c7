// Reading a log's files back. Whatever the checkpoint covers must be there and must hash to its root; what a crash left
// behind beyond it was never acknowledged and is removed.
import { join } from 'node:path'
import { equalBytes } from '../../bytes.ts'
import { Fault } from '../../errors.ts'
import { type Checkpoint, parseCheckpoint } from '../../rekor/checkpoint.ts'
import { parseBundle } from '../../rekor/entry-bundle.ts'
import type { Disk } from './disk.ts'
import { numberedPath, TILE_WIDTH, tilePath } from './path.ts'
import type { Tree } from './tree.ts'
import { countAt } from './write.ts'

const HASH = 32

/**
 * Fills `tree` with what the checkpoint file vouches for.
 * @returns the checkpoint; undefined where there is no log yet
 */
export async function readLog(disk: Disk, directory: string, origin: string, tree: Tree): Promise<string | undefined> {
  const bytes = await disk.read(join(directory, 'checkpoint'))
  if (bytes === undefined) {
    // The first checkpoint is older than the first tile: without it the log would start again and fork.
    if ((await disk.list(join(directory, 'tile'))).length > 0) throw damaged(directory, 'its checkpoint is missing')
    return undefined
  }
  const checkpoint = new TextDecoder().decode(bytes)
  const head = readHead(directory, checkpoint)
  // Going on under another name would sign one tree as two logs.
  if (head.origin !== origin) throw damaged(directory, `its checkpoint is of ${JSON.stringify(head.origin)}`)
  const size = Number(head.size)
  await readTree(disk, directory, size, tree)
  if (!equalBytes(tree.root(size), head.rootHash)) throw damaged(directory, 'its tiles do not hash to its checkpoint')
  return checkpoint
}

function readHead(directory: string, checkpoint: string): Checkpoint {
  try {
    return parseCheckpoint(checkpoint)
  } catch (error) {
    throw error instanceof Fault ? damaged(directory, error.message) : error
  }
}

async function readTree(disk: Disk, directory: string, size: number, tree: Tree): Promise<void> {
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const path = tilePath({ level: 0, index, width: widthOf(index, size) })
    const tile = await readPresent(disk, directory, path)
    if (tile.length !== widthOf(index, size) * HASH) throw damaged(directory, `${path} has a wrong length`)
    for (let at = 0; at < tile.length; at += HASH) tree.appendHash(tile.subarray(at, at + HASH))
  }
}

/** The entries of a bundle of the log of `size` entries. */
export async function readBundle(
  disk: Disk,
  directory: string,
  bundle: { readonly folder: string; readonly index: number; readonly size: number },
): Promise<readonly Uint8Array[]> {
  const width = widthOf(bundle.index, bundle.size)
  if (width <= 0) return []
  const path = `${bundle.folder}/${numberedPath(bundle.index, width)}`
  const entries = parseBundle(await readPresent(disk, directory, path))
  if (entries.length !== width) throw damaged(directory, `${path} has a wrong length`)
  return entries
}

/** Removes tiles and bundles beyond the checkpoint: after another crash they could be taken for the log's. */
export async function removeBeyond(disk: Disk, directory: string, size: number, reach: number): Promise<void> {
  const levels = (await disk.list(join(directory, 'tile'))).filter((name) => /^\d+$/.test(name))
  const folders = [
    { folder: 'tile/entries', count: size },
    { folder: 'notes', count: size },
    ...levels.map((level) => ({ folder: `tile/${level}`, count: countAt(Number(level), size) })),
  ]
  for (const { folder, count } of folders) await removeFrom(disk, join(directory, folder), count, reach)
}

async function removeFrom(disk: Disk, folder: string, count: number, reach: number): Promise<void> {
  const edge = Math.floor(count / TILE_WIDTH)
  for (let index = edge; index <= edge + reach; index++) {
    const full = join(folder, numberedPath(index, TILE_WIDTH))
    await disk.remove(full)
    const kept = index === edge ? String(count % TILE_WIDTH) : '0'
    for (const name of await disk.list(`${full}.p`)) if (name !== kept) await disk.remove(join(`${full}.p`, name))
  }
}

export function damaged(directory: string, why: string): Fault {
  const hint = 'restore the folder from a copy, or remove the sandbox and start a new one'
  return new Fault('io', `sandbox: the log in ${directory} is damaged: ${why}`, { hint })
}

async function readPresent(disk: Disk, directory: string, path: string): Promise<Uint8Array> {
  const bytes = await disk.read(join(directory, path))
  if (bytes === undefined) throw damaged(directory, `${path} is missing`)
  return bytes
}

function widthOf(index: number, size: number): number {
  return Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
}

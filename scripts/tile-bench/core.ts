// What the reading of a log costs by itself, from files: processor time of this one process, which has one thread.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { openProvenTree } from '../../src/rekor/client-proven.ts'
import type { TileReader } from '../../src/rekor/client-tiles.ts'
import { numberedPath } from '../../src/sandbox/log/path.ts'
import { matcherFor } from '../../src/scan/match.ts'
import type { Wanted } from '../../src/scan/wanted.ts'

const [folder = '', parsed = '20000'] = process.argv.slice(2)
const TILE = 256

const file = (level: string, n: number, width: number) => readFile(join(folder, 'tile', level, numberedPath(n, width)))
const tiles: TileReader = {
  checkpoint: () => readFile(join(folder, 'checkpoint'), 'utf8'),
  tile: (level, n, width) => file(String(level), n, width),
  bundle: (n, width) => file('entries', n, width),
}
const { size, rootHash } = parseCheckpoint(await tiles.checkpoint())
const head = { treeSize: size, rootHash }

/** Entries a second of processor time. */
async function rateOf(wanted: Wanted, most: number): Promise<number> {
  const tree = await openProvenTree(tiles, head)
  const match = matcherFor(wanted)
  const count = Math.min(most, tree.size)
  const started = process.cpuUsage()
  let done = 0
  for (let n = 0; done < count; n++) {
    const block = await tree.bundle(n)
    match(block)
    done += block.spans.length / 2
  }
  const { user, system } = process.cpuUsage(started)
  return done / ((user + system) / 1e6)
}

await rateOf({ hashes: [`sha256:${'ab'.repeat(32)}`] }, 10 * TILE)
console.log(
  JSON.stringify({
    searched: await rateOf({ hashes: [`sha256:${'ab'.repeat(32)}`] }, Number(size)),
    parsed: await rateOf({ subject: 'nobody@example.com' }, Number(parsed)),
  }),
)

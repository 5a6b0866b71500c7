// What the reading of a log costs by itself, from files: processor time of this one process, which has one thread.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { openProvenTree } from '../../src/rekor/client-proven.ts'
import type { TileReader } from '../../src/rekor/client-tiles.ts'
import { type EntryBlock, entriesOf } from '../../src/rekor/entry-bundle.ts'
import { readBody } from '../../src/rekor/read-body.ts'
import { numberedPath } from '../../src/sandbox/log/path.ts'
import { matcherFor } from '../../src/scan/match.ts'
import { identityOf } from '../../src/scan/wanted.ts'

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

/** Entries a second of processor time, proven and then given to `use`. */
async function rateOf(use: (block: EntryBlock) => unknown, most: number): Promise<number> {
  const tree = await openProvenTree(tiles, head)
  const count = Math.min(most, tree.size)
  const started = process.cpuUsage()
  let done = 0
  for (let n = 0; done < count; n++) {
    const block = await tree.bundle(n)
    use(block)
    done += block.spans.length / 2
  }
  const { user, system } = process.cpuUsage(started)
  return done / ((user + system) / 1e6)
}

/** Reads everything of every entry. */
function readAll(block: EntryBlock): void {
  for (const body of entriesOf(block)) readBody(body).verifiers.map(identityOf)
}

const byHash = matcherFor({ hashes: [`sha256:${'ab'.repeat(32)}`] })
await rateOf(byHash, 10 * TILE)
await rateOf(readAll, 10 * TILE)
console.log(
  JSON.stringify({
    searched: await rateOf(byHash, Number(size)),
    named: await rateOf(matcherFor({ subject: 'nobody@example.com' }), Number(size)),
    parsed: await rateOf(readAll, Number(parsed)),
  }),
)

// `log proof`: that an entry is in a log's tree, or that the tree only grew from one size to another; checked, then printed.
import { toHex } from '../bytes.ts'
import type { Configured } from '../compose/assessor.ts'
import { seeHead } from '../compose/log.ts'
import { composeHttp } from '../compose/services.ts'
import { Fault } from '../errors.ts'
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { checkConsistency } from '../rekor/consistency.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { encodeDocument, REPORT_VERSION } from '../report/json.ts'
import { fetchRoot } from '../scan/root.ts'
import type { World } from '../system/world.ts'
import { isSet, type ParsedFlags } from './flags.ts'
import { forkText } from './log-report.ts'
import { boundsOf } from './log-wanted.ts'

interface Found {
  readonly named: NamedEntry
  readonly view: LogView
  /** Why the log does not hold it. */
  readonly why: string | undefined
}

/** Throws `log` where the proof does not hold. */
export function proveInclusion(world: World, flags: ParsedFlags, { named, view, why }: Found): number {
  const { proof } = named.entry
  if (why !== undefined || proof === undefined) throw new Fault('log', `${view.log.baseUrl}: ${why ?? 'no proof'}`)
  const document = {
    log: view.log.baseUrl,
    uuid: named.uuid,
    leafIndex: String(proof.logIndex),
    treeSize: String(proof.treeSize),
    root: toHex(proof.rootHash),
    hashes: proof.hashes.map(toHex),
    checkpoint: proof.checkpoint,
  }
  const line = `leaf ${document.leafIndex} of ${document.treeSize}, root ${document.root}\n`
  return print(world, flags, document, line)
}

interface Sizes {
  readonly world: World
  readonly flags: ParsedFlags
  readonly configured: Configured
  readonly views: readonly LogView[]
  readonly operands: readonly string[]
}

const BUDGET = 600_000

/** Status 1 where the log shows another past than before. Throws `log` where what it proves is not so. */
export async function proveGrowth({ world, flags, configured, views, operands }: Sizes): Promise<number> {
  const [view, ...more] = views
  if (view === undefined || more.length > 0)
    throw new Fault('usage', 'sizes are those of one log, and there are several', { hint: '--url names one' })
  const { from, to } = boundsOf(flags)
  if (from === undefined || from === 0 || operands.length > 0)
    throw new Fault('usage', 'expected --from SIZE, 1 or more, and --to SIZE or the size of now')
  const { head, fork } = await seeHead(configured, view)
  if (fork !== undefined) {
    world.write(2, forkText(world, view.log.baseUrl, fork))
    return 1
  }
  const last = to ?? Number(head.treeSize)
  if (from > last) throw new Fault('usage', `--from ${from} is behind --to ${last}`)
  const growth = await fetchGrowth(configured, view, head, [from, last])
  const document = { log: view.log.baseUrl, origin: head.checkpoint.origin, ...growth, checkpoint: head.note }
  const line = `size ${from}, root ${growth.from.root}\nsize ${last}, root ${growth.to.root}\n`
  return print(world, flags, document, line)
}

async function fetchGrowth(
  configured: Configured,
  view: LogView,
  head: LogHead,
  sizes: readonly [first: number, last: number],
) {
  const http = composeHttp(configured, BUDGET)
  const [firstRoot, lastRoot] = await Promise.all(sizes.map((size) => fetchRoot(http, view, head, size)))
  const [first, last] = [treeOf(sizes[0], firstRoot), treeOf(sizes[1], lastRoot)]
  const hashes = sizes[0] === sizes[1] ? [] : await view.growth(first.treeSize, last.treeSize, head)
  const why = checkConsistency(first, last, hashes)
  if (why !== undefined) throw new Fault('log', `${view.log.baseUrl}: ${why}`)
  const member = ({ treeSize, rootHash }: typeof first) => ({ size: String(treeSize), root: toHex(rootHash) })
  return { from: member(first), to: member(last), hashes: hashes.map(toHex) }
}

function treeOf(size: number, rootHash: Uint8Array = new Uint8Array()) {
  return { treeSize: BigInt(size), rootHash }
}

function print(
  world: World,
  flags: ParsedFlags,
  document: { readonly hashes: readonly string[] },
  line: string,
): number {
  if (isSet(flags, 'json')) world.write(1, encodeDocument({ version: REPORT_VERSION, ...document }))
  else world.write(1, `${line}${document.hashes.map((one) => `${one}\n`).join('')}`)
  return 0
}

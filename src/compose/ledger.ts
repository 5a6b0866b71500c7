// A log as a ledger that entries are looked for in, one by one: as of its head, which is held against what is remembered of
// it. What was found in a tree that the head goes on from need not be looked for again: that much is kept between runs.
import { hash } from 'node:crypto'
import { fromHex, toHex } from '../bytes.ts'
import { patient } from '../rekor/client-head.ts'
import { createHolding, type FindHeld, type Held } from '../rekor/client-holding.ts'
import { keep } from '../rekor/client-kept.ts'
import type { LogHead } from '../rekor/client-log.ts'
import { createLogView } from '../rekor/client-log-open.ts'
import type { Http } from '../system/http.ts'
import type { World } from '../system/world.ts'
import type { LogAuthority } from '../trust/root.ts'
import type { LogFacts } from '../verify/facts.ts'
import { type KeptRecords, openRecords } from './kept-records.ts'
import { type SeenHead, seeHead } from './log.ts'
import { isRekorV1 } from './online.ts'
import { untilSilent } from './silence.ts'

export type Shown =
  /** `isKept`: by an earlier run, in a tree that the log's head of now goes on from. */
  { readonly ok: true; readonly isKept: boolean } | { readonly ok: false; readonly why: string }

export interface Ledger {
  /** Throws `log` where the log lies, `network` where it does not answer. */
  show(entry: LogFacts): Promise<Shown>
  /** The heads that entries were held against. */
  heads(): readonly SeenHead[]
  close(): void
}

export interface LedgerOptions {
  readonly world: Pick<World, 'env' | 'now'>
  readonly http: Http
  readonly inFlight: number
  /** Whether what earlier runs found counts, and what this one finds is kept. */
  readonly cache: boolean
}

/** Trees in which earlier runs found something. */
const MAX_TREES = 1024
/** Of Rekor v1 that are looked at: it has had four in as many years. */
const MAX_ORIGINS = 64

export function openLedger(log: LogAuthority, { world, http, inFlight, cache }: LedgerOptions): Ledger {
  const view = createLogView(http, log, isRekorV1(log) ? 1 : 2)
  const seen = new Map<string, Promise<SeenHead>>()
  const heads = new Map<string, SeenHead>()
  const see = async (origin?: string) => {
    const one = await seeHead({ world }, view, origin)
    heads.set(one.head.checkpoint.origin, one)
    return one
  }
  const headOf = async (origin = '', atLeast = 0n): Promise<LogHead | string> => {
    if (seen.size >= MAX_ORIGINS && !seen.has(origin)) return 'the log shows more trees than a log has'
    const look = () => keep(seen, origin, Number.POSITIVE_INFINITY, () => see(origin === '' ? undefined : origin))
    const before = look()
    // It grows while entries are asked for: what reaches further is held against what was remembered, and remembered too.
    if ((await before).head.treeSize < atLeast && seen.get(origin) === before) seen.delete(origin)
    const { head, fork } = await look()
    return fork === undefined ? head : `the log shows another past than before: ${fork.why}`
  }
  const find = createHolding({ http: patient(http), view, headOf, inFlight })
  const records = cache
    ? openRecords(world, 'held', hash('sha256', `held 1\n${toHex(log.id)}`), world.now())
    : undefined
  const trees = new Map<string, Promise<boolean>>()
  const isBefore = (text: string) =>
    keep(trees, text, MAX_TREES, async () => {
      const [, origin = '', size = '', root = ''] = KEPT.exec(text) ?? []
      const head = size === '' ? '' : await headOf(view.version === 1 ? origin : undefined)
      if (typeof head === 'string') return false
      return (await view.inconsistency({ treeSize: BigInt(size), rootHash: fromHex(root) }, head)) === undefined
    })
  return {
    show: untilSilent((entry) => showEntry(entry, { find, records, isBefore })),
    heads: () => [...heads.values()],
    close: () => records?.close(),
  }
}

interface Parts {
  readonly find: FindHeld
  readonly records: KeptRecords | undefined
  isBefore(text: string): Promise<boolean>
}

async function showEntry({ id, index, leafHash }: LogFacts, { find, records, isBefore }: Parts): Promise<Shown> {
  const key = hash('sha256', `${id} ${index} ${leafHash}`, 'buffer')
  const text = records?.find(key)
  if (text !== undefined && (await isBefore(text))) return { ok: true, isKept: true }
  const held = await find({ logIndex: BigInt(index), leafHash: fromHex(leafHash) })
  if (!held.ok) return held
  records?.keep(key, encodeTree(held))
  return { ok: true, isKept: false }
}

const KEPT = /^([^\n]+)\n(\d{1,19}) ([0-9a-f]{64})$/

/** Whose head has this tree in it has the entry. */
function encodeTree({ origin, tree }: Extract<Held, { readonly ok: true }>): string {
  return `${origin}\n${tree.treeSize} ${toHex(tree.rootHash)}`
}

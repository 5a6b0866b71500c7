// What a monitor holds against a checkpoint before it looks at any entry: the one that it remembers, its witnesses, its age.
// What is wrong becomes a sighting of the log itself, with what proves it.
import { toHex } from '../bytes.ts'
import { checkWitnesses, oldestWord, spanText, type Witnesses } from '../monitor/head.ts'
import type { AlertChoice } from '../monitor/look.ts'
import type { LogKind, LogSighting } from '../monitor/sighting.ts'
import type { Watch } from '../monitor/watch.ts'
import { parseCheckpoint } from '../rekor/checkpoint.ts'
import type { LogHead, LogView } from '../rekor/client-log.ts'
import type { LogScan } from '../scan/stream.ts'
import type { TrustedRoot } from '../trust/root.ts'
import { keepEvidence } from './log.ts'
import type { Repositories } from './monitor-objects.ts'
import type { MonitorStore } from './monitor-store.ts'

/** What a monitor goes by. */
export interface Rules {
  readonly watch: Watch
  readonly trust: TrustedRoot
  readonly witnesses?: Witnesses
  /** Where a first run begins; the log's end of then unless given. */
  readonly from?: number
  /** Milliseconds after which a checkpoint counts as frozen. */
  readonly maxAge?: number
  /** Milliseconds for which the object of an entry is waited for. */
  readonly grace?: number
  readonly alertOn: readonly AlertChoice[]
}

export interface Watching {
  readonly rules: Rules
  readonly view: LogView
  readonly scan: LogScan
  /** Threads that read entries; one unless given. */
  readonly jobs?: number
  readonly store: MonitorStore
  readonly repositories: Pick<Repositories, 'find'>
  readonly signal: AbortSignal
  now(): number
  /** Called as it goes on. */
  progress(done: number, total: number): void
}

/** What forbids to go on: another past than before, or too few witnesses; and, which does not, another tree. */
export async function graveProblems(watching: Watching, head: LogHead): Promise<readonly LogSighting[]> {
  const { store, view, rules, now } = watching
  const why = checkWitnesses(head.checkpoint, rules.witnesses, now())
  const { state } = store
  if (why !== undefined) return [{ ...problem(watching, head, 'unwitnessed', why), ...evidence(watching, head, why) }]
  if (state === undefined || state.note === '') return []
  if (state.origin !== head.checkpoint.origin)
    return [problem(watching, head, 'tree', `begins another tree; ${state.origin} was looked at up to ${state.next}`)]
  const remembered = parseCheckpoint(state.note)
  const first = { treeSize: remembered.size, rootHash: remembered.rootHash }
  const contradiction = await view.inconsistency(first, head)
  if (contradiction === undefined) return []
  const kind = head.treeSize < first.treeSize ? 'rollback' : 'fork'
  return [{ ...problem(watching, head, kind, contradiction), ...evidence(watching, head, contradiction) }]
}

// What was remembered stays so: whoever looks again is told again.
function evidence({ store, now }: Watching, { note }: LogHead, why: string): { readonly evidence: string } {
  return { evidence: keepEvidence(store.stem, { earlier: store.state?.note ?? '', later: note, why, now: now() }) }
}

export function frozenProblem(watching: Watching, head: LogHead, changed: number): readonly LogSighting[] {
  const { rules, now } = watching
  const { time, by } = oldestWord(head.checkpoint, rules.witnesses, { changed, now: now() })
  const age = now() - time
  if (rules.maxAge === undefined || age <= rules.maxAge) return []
  return [problem(watching, head, 'frozen', `its checkpoint is ${spanText(age)} old, by ${by}`)]
}

function problem({ view, now }: Watching, head: LogHead, kind: LogKind, why: string): LogSighting {
  const what = `${kind}:${head.treeSize}:${toHex(head.rootHash).slice(0, 16)}`
  return {
    id: `${prefixOf(view, head)}:${what}`,
    kind,
    alert: true,
    log: view.log.baseUrl,
    why,
    size: String(head.treeSize),
    seen: new Date(now()).toISOString(),
  }
}

/** The log's id, and in v1 the tree's. */
export function prefixOf({ log }: LogView, { checkpoint }: LogHead): string {
  const tree = checkpoint.origin.slice(log.host.length).replace(/^ - /, '')
  return tree === '' ? toHex(log.id) : `${toHex(log.id)}:${tree}`
}

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
  /** What was asked for: whom, or a policy that may come to name others. */
  readonly asked: string
  /** Goes on where others were asked for before. */
  readonly rewatch?: boolean
  readonly trust: TrustedRoot
  readonly witnesses?: Witnesses
  /** Where a first run begins; the log's end of then unless given. */
  readonly from?: number
  /** When the monitor first asked any log, milliseconds since 1970; undefined where it never has. */
  readonly begun?: number | undefined
  /** Milliseconds after which a checkpoint counts as frozen, and a log that is not reached as silent. */
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

/** Too few witnesses forbid to believe anything of a checkpoint. */
export function unwitnessedProblem(watching: Watching, head: LogHead): readonly LogSighting[] {
  const why = checkWitnesses(head.checkpoint, watching.rules.witnesses, watching.now())
  return why === undefined ? [] : [provenProblem(watching, head, 'unwitnessed', why, watching.store.state?.note)]
}

/** With both checkpoints kept. What was remembered stays so: whoever looks again is told again. */
export function provenProblem(
  watching: Watching,
  head: LogHead,
  kind: LogKind,
  why: string,
  earlier = '',
): LogSighting {
  const { store, now } = watching
  const evidence = keepEvidence(store.stem, { earlier, later: head.note, why, now: now() })
  return { ...problem(watching, head, kind, why), evidence }
}

/** Not of a log that has come to its end: it grows no more. */
export function frozenProblem(watching: Watching, head: LogHead, changed: number): readonly LogSighting[] {
  const { rules, now, view } = watching
  if (now() > (view.log.validFor.end ?? Number.POSITIVE_INFINITY)) return []
  const { time, by } = oldestWord(head.checkpoint, rules.witnesses, { changed, now: now() })
  const age = now() - time
  if (rules.maxAge === undefined || age <= rules.maxAge) return []
  return [problem(watching, head, 'frozen', `its checkpoint is ${spanText(age)} old, by ${by}`)]
}

export function problem({ view, now }: Watching, head: LogHead, kind: LogKind, why: string): LogSighting {
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

/** That a log could not be looked at for longer than it may, by our own clock; told once for each such time. */
export function silentProblem({ view, store, rules, now }: Watching, why: string): readonly LogSighting[] {
  const { reached = now(), note = '' } = store.state ?? {}
  const span = now() - reached
  if (rules.maxAge === undefined || span <= rules.maxAge) return []
  return [
    {
      id: `${toHex(view.log.id)}:silent:${reached}`,
      kind: 'silent',
      alert: true,
      log: view.log.baseUrl,
      why: `could not be looked at for ${spanText(span)}: ${why}`,
      size: note === '' ? '0' : String(parseCheckpoint(note).size),
      seen: new Date(now()).toISOString(),
    },
  ]
}

/** A count of a log's entries. */
export function entriesText(count: bigint): string {
  return count === 1n ? '1 entry' : `${count} entries`
}

/** The log's id, and in v1 the tree's. */
export function prefixOf({ log }: LogView, { checkpoint }: LogHead): string {
  const tree = checkpoint.origin.slice(log.host.length).replace(/^ - /, '')
  return tree === '' ? toHex(log.id) : `${toHex(log.id)}:${tree}`
}

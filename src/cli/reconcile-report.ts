// What `reconcile` tells: what is not in its log, each with its reason, and then how many are, as of which heads.
import { toHex } from '../bytes.ts'
import type { SeenHead } from '../compose/log.ts'
import type { EntryStanding, Reconciled } from '../compose/reconcile.ts'
import { REPORT_VERSION } from '../report/json.ts'
import { logMember } from '../report/record-json.ts'
import type { World } from '../system/world.ts'
import { escapeJson, escapeText } from '../tell.ts'
import { forkText, headMember } from './log-report.ts'

export const RECONCILE_FORMS = ['text', 'json', 'jsonl'] as const
export type ReconcileForm = (typeof RECONCILE_FORMS)[number]

type Heads = readonly (readonly [log: string, head: SeenHead])[]

/** To be called in the order of the entries. */
export interface ReconcileReport {
  entry(one: Reconciled): void
  /** Gives the exit status. */
  end(heads: Heads): number
}

interface Counts extends Record<EntryStanding['state'], number> {
  /** Of those that are held, the ones that an earlier run found. */
  kept: number
}

export function openReconcileReport(world: World, form: ReconcileForm): ReconcileReport {
  const counts: Counts = { held: 0, absent: 0, rejected: 0, unsigned: 0, foreign: 0, fault: 0, kept: 0 }
  const write = (text: string) => world.write(1, text)
  // Written with the first entry, and not before it: a fault until then is told in a document of its own.
  const opening = `{"version":${REPORT_VERSION},"entries":[`
  let isOpen = false
  return {
    entry(one) {
      const { standing } = one
      counts[standing.state]++
      if (standing.state === 'held' && standing.isKept) counts.kept++
      if ('why' in standing) world.write(2, `${world.name}: ${escapeText(problemText(one, standing.why))}\n`)
      if (form === 'jsonl') write(`${encode({ type: 'entry', ...entryMember(one) })}\n`)
      if (form === 'json') write(`${isOpen ? ',' : opening}\n${encode(entryMember(one))}`)
      isOpen = true
    },
    end(heads) {
      const exit = exitOf(counts)
      const summary = { exit, ...counts, logs: heads.map(([log, head]) => headMember(head, log)) }
      if (form === 'json') write(`${isOpen ? '' : opening}\n],"summary":${encode(summary)}}\n`)
      else if (form === 'jsonl') write(`${encode({ type: 'summary', version: REPORT_VERSION, ...summary })}\n`)
      else write(summaryText(counts, heads))
      for (const [log, { fork }] of heads) if (fork !== undefined) world.write(2, forkText(world, log, fork))
      return exit
    },
  }
}

function exitOf({ absent, rejected, fault }: Counts): 0 | 1 | 3 {
  return absent + rejected > 0 ? 1 : fault > 0 ? 3 : 0
}

function entryMember({ record, standing }: Reconciled): object {
  const { oid, kind, within, finding } = record
  const log = finding.state === 'accepted' ? { log: logMember(finding.facts.log) } : {}
  return { object: oid, kind, ...(within === undefined ? {} : { within }), ...standing, ...log }
}

const WORDS = { absent: 'not in its log', rejected: 'not accepted', fault: 'not checked' } as const

function problemText({ record: { oid, kind }, standing: { state } }: Reconciled, why: string): string {
  const word = state === 'absent' || state === 'rejected' || state === 'fault' ? WORDS[state] : state
  return `${kind} ${oid}: ${word}: ${why}`
}

function summaryText(counts: Counts, heads: Heads): string {
  const { held, kept, absent, rejected, fault, unsigned, foreign } = counts
  const all = held + absent + rejected + fault
  const line =
    `${held} of ${all} signatures have their entry in the log (${kept} by an earlier run); ${absent} not in it, ` +
    `${rejected} not accepted, ${fault} not checked; ${unsigned} unsigned, ${foreign} of other formats\n`
  return line + heads.map(headLine).join('')
}

function headLine([log, { head, remembered, fork }]: Heads[number]): string {
  const past =
    fork !== undefined
      ? 'which does NOT go on from what is remembered'
      : remembered === undefined
        ? 'remembered from now on'
        : `which goes on from size ${remembered.size}`
  return escapeText(
    `${log}, ${head.checkpoint.origin}: size ${head.treeSize}, root ${toHex(head.rootHash)}, ${past}`,
  ).concat('\n')
}

function encode(document: object): string {
  return escapeJson(JSON.stringify(document))
}

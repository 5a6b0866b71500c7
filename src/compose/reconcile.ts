// `reconcile`: whether the log entry of every signature of a range is really in its log, as of a head that goes on from what
// is remembered. A signature proves it of the tree that its signer was shown; this asks for the tree that all others see.

import { toHex } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { ObjectRecord } from '../history/record.ts'
import { workAhead } from '../scan/ahead.ts'
import type { LogAuthority } from '../trust/root.ts'
import type { Facts } from '../verify/facts.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { type Ledger, type LedgerOptions, openLedger } from './ledger.ts'
import type { SeenHead } from './log.ts'

/** How the entry of one signature stands. */
export type EntryStanding =
  /** In the log; `isKept` where an earlier run found it. */
  | { readonly state: 'held'; readonly isKept: boolean }
  /** The log was asked, and does not have it. */
  | { readonly state: 'absent'; readonly why: string }
  /** The signature is not accepted, so there is no entry of its own to look for. */
  | { readonly state: 'rejected'; readonly why: string }
  | { readonly state: 'unsigned' | 'foreign' }
  /** It could not be asked. */
  | { readonly state: 'fault'; readonly why: string }

export interface Reconciled {
  readonly record: ObjectRecord
  readonly standing: EntryStanding
}

export interface Reconciliation {
  /** In the order of `groups`. */
  readonly groups: AsyncIterable<readonly Reconciled[]>
  /** The heads so far, each with its log's base URL. */
  heads(): readonly (readonly [log: string, head: SeenHead])[]
}

/** Groups under way: it is the waiting for answers that takes the time. */
const AHEAD = 32

/** @param groups of a history, verified */
export function reconcile(
  configured: Configured,
  groups: AsyncIterable<readonly ObjectRecord[]>,
  options: Omit<LedgerOptions, 'world'>,
): Reconciliation {
  const { world } = configured
  const instances = composeTrust(configured)
  const ledgers = new Map<string, readonly [log: LogAuthority, ledger: Ledger]>()
  const ledgerOf = ({ instance: name, log: { id, url } }: Facts): Ledger => {
    const [, known] = ledgers.get(`${name} ${id}`) ?? []
    if (known !== undefined) return known
    const { trust } = [instances.standard, ...instances.others()].find((one) => one.name === name) ?? instances.standard
    const log = trust.logs.find((one) => toHex(one.id) === id && one.baseUrl === url)
    if (log === undefined) throw new Fault('trust', `the trusted root has no log ${url}`)
    const ledger = openLedger(log, { ...options, world })
    ledgers.set(`${name} ${id}`, [log, ledger])
    return ledger
  }
  return {
    groups: closing(
      workAhead(groups, AHEAD, (group) => Promise.all(group.map((record) => standOf(record, ledgerOf)))),
      () => {
        for (const [, ledger] of ledgers.values()) ledger.close()
      },
    ),
    heads: () => [...ledgers.values()].flatMap(([log, one]) => one.heads().map((head) => [log.baseUrl, head] as const)),
  }
}

async function* closing<Group>(groups: AsyncIterable<Group>, close: () => void): AsyncGenerator<Group, undefined> {
  try {
    yield* groups
  } finally {
    close()
  }
  return undefined
}

async function standOf(record: ObjectRecord, ledgerOf: (facts: Facts) => Ledger): Promise<Reconciled> {
  const { finding } = record
  switch (finding.state) {
    case 'accepted':
      return { record, standing: await showFacts(finding.facts, ledgerOf) }
    case 'rejected':
      return { record, standing: { state: 'rejected', why: `${finding.check}: ${finding.why}` } }
    case 'fault':
      return { record, standing: { state: 'fault', why: finding.why } }
    default:
      return { record, standing: { state: finding.state } }
  }
}

async function showFacts(facts: Facts, ledgerOf: (facts: Facts) => Ledger): Promise<EntryStanding> {
  try {
    const shown = await ledgerOf(facts).show(facts.log)
    return shown.ok ? { state: 'held', isKept: shown.isKept } : { state: 'absent', why: shown.why }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    // A log that answers with what is no tree of its own has been asked.
    return { state: thrown.code === 'log' ? 'absent' : 'fault', why: thrown.message }
  }
}

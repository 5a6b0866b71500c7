// Counts a run while it goes on: bounded, whatever the history's length.
import type { Level } from '../policy/judgement.ts'
import { CHECKS, type Check } from '../verify/verdict.ts'
import type { JudgedRecord } from './record.ts'
import type { HistorySummary, SignerCount } from './summary.ts'

/** Signers that are counted by name; the signatures of others are counted together. */
const MAX_SIGNERS = 10_000

export type Counts = Pick<
  HistorySummary,
  'places' | 'states' | 'checks' | 'foreign' | 'levels' | 'warned' | 'signers' | 'moreSigners'
>

export class Tally {
  readonly #places = { commit: 0, tag: 0, mergetag: 0, 'push certificate': 0 }
  readonly #states = { accepted: 0, rejected: 0, unsigned: 0, foreign: 0, fault: 0 }
  readonly #checks = new Map<Check, number>()
  readonly #foreign = { openpgp: 0, ssh: 0 }
  readonly #levels = { allowed: 0, unknown: 0, exempt: 0, refused: 0 }
  readonly #signers = new Map<string, SignerCount>()
  #moreSigners = 0
  #warned = 0

  add(record: JudgedRecord): void {
    const { kind, finding, judgement } = record
    this.#places[kind]++
    this.#states[finding.state]++
    if (finding.state === 'rejected') this.#checks.set(finding.check, (this.#checks.get(finding.check) ?? 0) + 1)
    if (finding.state === 'foreign') this.#foreign[finding.format]++
    // What could not be looked at is judged by nobody.
    if (judgement !== undefined && finding.state !== 'fault') {
      if (judgement.level === 'refused' && judgement.warn === true) this.#warned++
      else this.#levels[judgement.level]++
    }
    if (finding.state === 'accepted') this.#addSigner(record)
  }

  counts(): Counts {
    const checks = CHECKS.flatMap((check) => {
      const count = this.#checks.get(check)
      return count === undefined ? [] : [[check, count] as const]
    })
    return {
      places: { ...this.#places },
      states: { ...this.#states },
      checks: Object.fromEntries(checks),
      foreign: { ...this.#foreign },
      levels: { ...this.#levels },
      warned: this.#warned,
      signers: [...this.#signers.values()].sort((a, b) => b.signatures - a.signatures),
      moreSigners: this.#moreSigners,
    }
  }

  #addSigner({ finding, judgement }: JudgedRecord): void {
    if (finding.state !== 'accepted') return
    const { instance, identity } = finding.facts
    const { issuer, subject } = identity
    const key = JSON.stringify([instance, issuer, subject])
    const known = this.#signers.get(key)
    if (known === undefined && this.#signers.size >= MAX_SIGNERS) this.#moreSigners++
    else this.#signers.set(key, counted(known, { instance, issuer, subject, signatures: 0 }, judgement?.level))
  }
}

function counted(known: SignerCount | undefined, fresh: SignerCount, level: Level | undefined): SignerCount {
  const { level: before, ...rest } = known ?? fresh
  const isAlike = level !== undefined && (known === undefined || before === level)
  return { ...rest, signatures: rest.signatures + 1, ...(isAlike ? { level } : {}) }
}

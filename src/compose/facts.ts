// Facts that are kept between runs: what an accepted signature proves, by the bytes of its object, for this build of the
// program, this trust and this way of reading. Only good ones, and never who may sign: that is asked each time. What a log
// was asked for is kept apart, for those who would ask it again.
import { createHash } from 'node:crypto'
import { contentsOf, type Frame } from '../git/frames.ts'
import { encodeFindings } from '../history/batch.ts'
import type { KeptFacts } from '../history/history.ts'
import { readKept } from '../history/kept.ts'
import type { Format } from '../history/places.ts'
import type { Finding } from '../history/record.ts'
import { keyOf } from '../history/segment.ts'
import type { World } from '../system/world.ts'
import { isPast } from '../verify/time.ts'
import { BUILD } from '../version.ts'
import { type KeptRecords, openRecords } from './kept-records.ts'

export interface FactStore extends KeptFacts {
  /** Keeps what was found, for the next run. */
  close(): void
}

/** What facts depend on beside the bytes of the object. */
export interface FactBasis {
  /** Digest of all that a verdict depends on beside the object. */
  readonly trust: string
  readonly format: Format
  /** Whether this run asks a log: then what one answered before counts too, and in no other. */
  readonly isOnline: boolean
}

/** Undefined where nothing can be kept safely. */
export function openFacts(world: World, basis: FactBasis, now: number): FactStore | undefined {
  if (BUILD === undefined) return undefined
  const inside = openRecords(world, 'facts', nameOf(basis, BUILD, 'embedded evidence'), now)
  const asked = basis.isOnline
    ? openRecords(world, 'online-facts', nameOf(basis, BUILD, 'evidence of a log'), now)
    : undefined
  if (inside === undefined) return undefined
  return {
    find(frame) {
      return findGood(inside, frame, now) ?? (asked && findGood(asked, frame, now))
    },
    keep(frame, findings) {
      if (contentsOf(frame).length === 0) return
      const records = findings.some(isOfLog) ? asked : inside
      records?.keep(keyOf(frame), encodeFindings(findings))
    },
    close() {
      inside.close()
      asked?.close()
    },
  }
}

/** Another build, trust or way of reading has another folder, so that none reads what another wrote. */
function nameOf({ trust, format }: FactBasis, build: string, evidence: string): string {
  const parts = ['facts 1', build, trust, format.algorithm, format.compatible ? 'compatible' : 'alone', evidence]
  return createHash('sha256').update(parts.join('\n')).digest('hex')
}

function isOfLog(finding: Finding): boolean {
  return finding.state === 'accepted' && finding.facts.log.foundIn === 'log'
}

// A clock that was set back makes a proven time one of the future.
function findGood(records: KeptRecords, frame: Frame, now: number): readonly Finding[] | undefined {
  const text = records.find(keyOf(frame))
  const findings = text === undefined ? undefined : readKept(text, frame)
  return findings?.every(({ facts }) => isPast(facts.times, now)) ? findings : undefined
}

// Records, and what stands before and after them, as JSON documents (schema/history.schema.json). Names are those of the
// report on one object; members are only ever added within a version.
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary } from '../history/summary.ts'
import type { Facts } from '../verify/facts.ts'
import type { RunStart } from './form.ts'
import { isSamePerson } from './people.ts'

/** Version of these documents. */
export const HISTORY_VERSION = 1

/** The document of a run that has begun: the first line of JSON lines. */
export function startDocument(run: RunStart): object {
  const { started, version, ...rest } = run
  return { type: 'header', version: HISTORY_VERSION, program: version, ...rest, started: iso(started) }
}

/** The document of one record. What an accepted signature proves stands in it only for an accepted one. */
export function recordDocument(record: JudgedRecord): object {
  const { oid, kind, algorithm, finding, judgement, person, ...rest } = record
  return {
    type: 'record',
    object: oid,
    kind,
    objectFormat: algorithm,
    ...rest,
    verdict: finding.state,
    ...findingMembers(finding),
    ...(judgement === undefined ? {} : { judgement }),
    ...(person === undefined ? {} : { person: personMember(record) }),
  }
}

/** The document of a finished run: the last line of JSON lines, without which the file is not whole. */
export function summaryDocument(summary: HistorySummary): object {
  const { started, finished, version, ...rest } = summary
  const times = { started: iso(started), finished: iso(finished) }
  return { type: 'summary', version: HISTORY_VERSION, program: version, ...rest, ...times }
}

function findingMembers(finding: JudgedRecord['finding']): object {
  if (finding.state === 'accepted') return factsMembers(finding.facts)
  const { state: _, ...rest } = finding
  return rest
}

/** Which log has the entry, and where. */
export function logMember({ integratedTime, ...log }: Facts['log']): object {
  return { ...log, ...(integratedTime === undefined ? {} : { integratedTime: iso(integratedTime) }) }
}

function factsMembers({ instance, identity, certificate, log, times, skipped }: Facts): object {
  const { notBefore, notAfter } = certificate
  return {
    identity: identity.subject,
    identityType: identity.type,
    issuer: identity.issuer,
    instance,
    claims: identity.claims,
    certificate: { ...certificate, notBefore: iso(notBefore), notAfter: iso(notAfter) },
    log: logMember(log),
    times: times.map(({ source, time, authority }) => ({ source, time: iso(time), authority })),
    skipped,
  }
}

function personMember({ person, finding }: JudgedRecord): object {
  if (person === undefined || finding.state !== 'accepted') return { ...person }
  return { ...person, isSigner: isSamePerson(finding.facts.identity, person) }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

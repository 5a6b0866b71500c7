// An explanation for people, and as one JSON document.
import { escapeText } from '../tell.ts'
import type { Accepted, Assessment } from './assessment.ts'
import type { Detail, ExplainedCheck } from './explain.ts'
import type { Subject } from './json.ts'

export interface Explanation {
  readonly subject: Subject
  readonly instance: string
  readonly checks: readonly ExplainedCheck[]
  readonly assessment: Assessment
}

const WIDTH = 18

export function explanationText({ subject, instance, checks, assessment }: Explanation): string {
  return lines(
    `${subject.kind} ${subject.object}, by the trust of instance ${instance}`,
    '',
    ...checks.flatMap(checkLines),
    ...(assessment.ok ? judgementLines(assessment) : ['judgement: none, because nobody vouches for a signer']),
  )
}

/** The members that the report on one object lacks. */
export function explanationMembers({ checks, instance }: Explanation): object {
  const named = (details: readonly Detail[]) => details.map(([name, value]) => ({ name, value }))
  return {
    trustInstance: instance,
    explanation: checks.map(({ check, outcome, why, compares, stops, wayOut, details }) => ({
      check,
      outcome,
      ...(why === undefined ? {} : { why }),
      compares,
      stops,
      ...(outcome === 'failed' ? { wayOut } : {}),
      details: named(details),
    })),
  }
}

function checkLines({ check, outcome, why, compares, stops, wayOut, details }: ExplainedCheck): readonly string[] {
  if (outcome === 'not reached') return [`${check}: not reached`]
  return [
    `${check}: ${outcome}${why === undefined ? '' : `: ${why}`}`,
    detailLine(['compares', compares]),
    detailLine(['stops', stops]),
    ...details.map(detailLine),
    ...(outcome === 'failed' ? [detailLine(['way out', wayOut])] : []),
    '',
  ]
}

function judgementLines({ judgement, verdict }: Accepted): readonly string[] {
  const { subject, issuer, type, claims } = verdict.signer.identity
  const { level, rule, policy, instance } = judgement
  const rows: readonly Detail[] = [
    ['identity', `${subject} (${type})`],
    ['issuer', issuer],
    ['instance', instance],
    ...Object.entries(claims),
    ['rule', rule],
    ...(policy === undefined ? [] : [['policy', policy] as const]),
    ...(level === 'unknown'
      ? [['way out', 'gitsigil.allow, a policy or the --certificate flags say who may sign'] as const]
      : []),
  ]
  return [`judgement: ${level}`, ...rows.map(detailLine)]
}

function detailLine([name, value]: Detail): string {
  return `  ${name.padEnd(WIDTH)}  ${value}`
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${escapeText(text)}\n`).join('')
}

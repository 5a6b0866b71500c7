// An explanation for people, and as one JSON document.

import type { PolicyJudgement } from '../policy/judgement.ts'
import { escapeText } from '../tell.ts'
import type { Accepted, Assessment } from './assessment.ts'
import type { ExplainedCheck } from './explain.ts'
import type { Detail } from './explain-about.ts'
import type { Subject } from './json.ts'

export interface Explanation {
  readonly subject: Subject
  readonly instance: string
  readonly checks: readonly ExplainedCheck[]
  readonly assessment: Assessment
  /** What a policy says, of an object without an accepted signature too. */
  readonly byPolicy: PolicyJudgement | undefined
  /** Why nobody may judge, and the way out: a policy is configured that cannot be believed. */
  readonly unjudged?: { readonly message: string; readonly hint?: string | undefined }
}

const WIDTH = 18

export function explanationText(explanation: Explanation): string {
  const { subject, instance, checks } = explanation
  return lines(
    `${subject.kind} ${subject.object}${carrier(subject)}, by the trust of instance ${instance}`,
    '',
    ...checks.flatMap(checkLines),
    ...judgementLines(explanation),
  )
}

function carrier({ within }: Subject): string {
  return within === undefined ? '' : `, which ${within} carries`
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

function judgementLines({ assessment, byPolicy, unjudged }: Explanation): readonly string[] {
  if (unjudged !== undefined) {
    const signer = assessment.ok ? signerDetails(assessment) : []
    const wayOut = unjudged.hint === undefined ? [] : [['way out', unjudged.hint] as const]
    return [`judgement: none: ${unjudged.message}`, ...[...signer, ...wayOut].map(detailLine)]
  }
  return assessment.ok ? judgedLines(assessment) : withoutSigner(byPolicy)
}

function signerDetails({ judgement: { instance }, verdict }: Accepted): readonly Detail[] {
  const { subject, issuer, type, claims } = verdict.signer.identity
  return [['identity', `${subject} (${type})`], ['issuer', issuer], ['instance', instance], ...Object.entries(claims)]
}

function judgedLines(accepted: Accepted): readonly string[] {
  const { judgement } = accepted
  const { level } = judgement
  const rows: readonly Detail[] = [
    ...signerDetails(accepted),
    ...ruleDetails(judgement),
    ...(level === 'unknown'
      ? [['way out', 'gitsigil.allow, a policy or the --certificate flags say who may sign'] as const]
      : []),
  ]
  return [`judgement: ${level}`, ...rows.map(detailLine)]
}

function withoutSigner(byPolicy: PolicyJudgement | undefined): readonly string[] {
  if (byPolicy === undefined) return ['judgement: none, because nobody vouches for a signer']
  return [`judgement: ${byPolicy.level}, though nobody vouches for a signer`, ...ruleDetails(byPolicy).map(detailLine)]
}

function ruleDetails({ rule, policy, warn }: PolicyJudgement): readonly Detail[] {
  return [
    ['rule', rule],
    ...(policy === undefined ? [] : [['policy', policy] as const]),
    ...(warn === true ? [['mode', 'the policy only warns'] as const] : []),
  ]
}

function detailLine([name, value]: Detail): string {
  return `  ${name.padEnd(WIDTH)}  ${value}`
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${escapeText(text)}\n`).join('')
}

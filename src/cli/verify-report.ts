// What `verify` says of one object and of the tags that it carries: the verdict, and the way out where nobody was expected.
import { quoteShell } from '../quote.ts'
import type { Accepted } from '../report/assessment.ts'
import { assessmentDocument, encodeDocument } from '../report/json.ts'
import { outcomeOf } from '../report/outcome.ts'
import { personText } from '../report/people.ts'
import { acceptedText, hintText, judgementText, policyText, rejectedText } from '../report/text.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import type { Assessed, AssessedObject } from './assess.ts'
import { isSet, type ParsedFlags } from './flags.ts'
import { recordOf } from './verify-policy.ts'

/** What was asked. */
export interface Request {
  readonly flags: ParsedFlags
  readonly rev: string
  readonly tagsOnly: boolean
}

/** Tells the verdict and gives the status. */
export function tellVerdict(world: World, request: Request, assessed: AssessedObject): number {
  const { assessment, byPolicy, carried, whole } = assessed
  const isJson = isSet(request.flags, 'json')
  if (isJson) world.write(1, encodeDocument(objectDocument(assessed)))
  if (assessment.ok) tellAccepted(world, request, assessed, assessment)
  else {
    world.write(2, rejectedText(world.name, assessment))
    if (byPolicy !== undefined) world.write(whole === 0 && !isJson ? 1 : 2, policyText(world.name, byPolicy))
  }
  if (!isJson) world.write(2, carried.map((tag) => carriedText(world.name, tag)).join(''))
  if (assessment.ok && assessed.exit === 2) world.write(2, askForIdentity(world, request, assessment))
  return whole
}

/** The document of an object, with those of the tags that it carries. */
export function objectDocument({ signed, assessment, byPolicy, carried, whole }: AssessedObject): object {
  const mergetags = carried.map((tag) => assessmentDocument(tag.signed.subject, tag.assessment, tag))
  return assessmentDocument(signed.subject, assessment, { exit: whole, byPolicy, mergetags })
}

// The lines that say "good" reach stdout only where every signer is one who was asked for.
function tellAccepted(world: World, request: Request, { signed, exit, whole }: AssessedObject, accepted: Accepted) {
  const { identity } = accepted.verdict.signer
  const isJson = isSet(request.flags, 'json')
  if (!isJson) world.write(whole === 0 ? 1 : 2, acceptedText(world.name, accepted))
  if (!isJson) world.write(2, personText(world.name, identity, signed.subject.person))
  if (exit !== 2) world.write(2, judgementText(world.name, accepted))
}

// Who signed the merge need not have signed what it carries. In the words of a run over a history.
function carriedText(name: string, { signed, assessment, byPolicy, exit }: Assessed): string {
  const judged = assessment.ok ? assessment.judgement : byPolicy
  const record = {
    ...recordOf(signed, assessment),
    ...(judged === undefined || exit === 2 ? {} : { judgement: judged }),
  }
  const { name: outcome, severity, message } = outcomeOf(record)
  const { finding } = record
  const signer = finding.state === 'accepted' ? [nameOf(finding.facts.identity)] : []
  const why = severity === 'none' ? [] : [message]
  const weight = severity === 'none' || exit === 2 ? '' : `${severity}: `
  const line = `${name}: ${weight}merged tag ${record.oid}: ${[outcome, ...signer, ...why].join(': ')}`
  return escapeLines(line) + hintText(name, assessment)
}

// What decided the verdict has to be said again, or the command would come to another one. The command is there to be
// copied into a shell, and the identity is whatever a certificate says.
const KEPT = ['trusted-root', 'instance', 'insecure-ignore-sct'] as const

function askForIdentity(world: World, { flags: given, rev, tagsOnly }: Request, { verdict }: Accepted): string {
  const { subject, issuer } = verdict.signer.identity
  const kept = KEPT.flatMap((name) => (given.values.get(name) ?? []).map((value) => `--${name}=${quoteShell(value)} `))
  const flags = `${kept.join('')}--certificate-identity=${quoteShell(subject)} --certificate-oidc-issuer=${quoteShell(issuer)}`
  const command = `${world.name} ${tagsOnly ? 'verify-tag' : 'verify'} ${flags} ${quoteShell(rev)}`
  return escapeLines(
    `${world.name}: error: nobody said who should have signed; it was ${nameOf(verdict.signer.identity)}`,
    `${world.name}: hint: if that is right: ${command}`,
  )
}

function nameOf({ subject, issuer }: { readonly subject: string; readonly issuer: string }): string {
  return `${subject} (${issuer})`
}

function escapeLines(...lines: readonly string[]): string {
  return lines.map((line) => `${escapeText(line)}\n`).join('')
}

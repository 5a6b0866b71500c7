// What people read about one signature: gitsign's lines, word for word, so that whoever reads its output reads ours.
import type { PolicyJudgement } from '../policy/judgement.ts'
import { escapeText } from '../tell.ts'
import { certificateId } from '../x509/fingerprint.ts'
import { formatName } from '../x509/name.ts'
import type { Accepted, Assessment, Rejected } from './assessment.ts'

/** gitsign's lines for a good signature. `name` is what the program was started as, and begins two of them. */
export function acceptedText(name: string, { verdict, judgement }: Accepted): string {
  const { certificate, identity } = verdict.signer
  return lines(
    `tlog index: ${verdict.entry.logIndex}`,
    `${name}: Signature made using certificate ID 0x${certificateId(certificate)} | ${formatName(certificate.issuer)}`,
    `${name}: Good signature from [${identity.subject}](${identity.issuer})`,
    'Validated Git signature: true',
    'Validated Rekor entry: true',
    `Validated Certificate claims: ${judgement.level === 'allowed' || judgement.level === 'exempt'}`,
  )
}

/** Why a good signature's signer is not trusted; empty where they are. */
export function judgementText(name: string, { judgement, verdict }: Accepted): string {
  const skipped = verdict.skipped.map((check) => `${name}: warning: the ${check} check was left out`)
  if (judgement.level === 'allowed' || judgement.level === 'exempt') return lines(...skipped)
  return lines(...skipped, `${name}: ${whatIsSaid(judgement)}: ${judgement.rule}${placeOf(judgement)}`)
}

/** What a policy says of an object without an accepted signature. */
export function policyText(name: string, judgement: PolicyJudgement): string {
  return lines(`${name}: ${whatIsSaid(judgement)}: ${judgement.rule}${placeOf(judgement)}`)
}

function whatIsSaid({ level, warn }: PolicyJudgement): string {
  if (level === 'refused') return warn === true ? 'warning: the policy would refuse it' : 'refused'
  return level === 'unknown' ? 'not trusted' : level
}

function placeOf({ policy }: PolicyJudgement): string {
  return policy === undefined ? '' : ` (${policy})`
}

/** The check that failed, why, and what could change that. No name: nobody vouches for one. */
export function rejectedText(name: string, rejected: Rejected): string {
  const { rejection } = rejected
  const certificate = rejection.certificate
  const made = certificate && `${name}: Signature made using certificate ID 0x${certificateId(certificate)}`
  const why = `${name}: error: signature not accepted (${rejection.check}): ${rejection.why}`
  return lines(...(made === undefined ? [] : [made]), why) + hintText(name, rejected)
}

/** What could change a rejection; empty where nothing is known to. */
export function hintText(name: string, assessment: Assessment): string {
  return assessment.ok || assessment.hint === undefined ? '' : lines(`${name}: hint: ${assessment.hint}`)
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${escapeText(text)}\n`).join('')
}

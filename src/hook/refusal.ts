// Why something does not pass, and the way out, as data: a ref whose update is not to be made, or one object of it.

import type { Finding, JudgedRecord } from '../history/record.ts'
import { quoteShell } from '../quote.ts'

export interface Refusal {
  /** Full name of the ref that the update is about; absent where it is the whole push. */
  readonly ref?: string
  /** The object, where it is one. */
  readonly object?: Pick<JudgedRecord, 'oid' | 'kind' | 'subject' | 'parents'>
  /** One line, raw: it may quote what was pushed. */
  readonly why: string
  readonly way?: Way
}

/** What can be done about it. */
export interface Way {
  /** One line, raw. */
  readonly says: string
  /** A command to copy. */
  readonly run?: string
}

const FORMATS = { openpgp: 'OpenPGP', ssh: 'SSH' } as const

/** Undefined where the object passes: accepted and allowed, exempt, or refused by a rule that only warns. */
export function refuseRecord(record: JudgedRecord, ref: string): Refusal | undefined {
  const { judgement, finding } = record
  const level = judgement?.level
  if (level === 'allowed' || level === 'exempt' || judgement?.warn === true) return undefined
  const reason = finding.state === 'accepted' ? refuseSigner(finding, judgement) : refuseFinding(record, finding)
  return { ref, object: record, ...reason }
}

type Reason = Pick<Refusal, 'why' | 'way'>

function refuseSigner(
  { facts }: Extract<Finding, { state: 'accepted' }>,
  judgement: JudgedRecord['judgement'],
): Reason {
  const { subject, issuer } = facts.identity
  const why = `signed by ${subject} (${issuer}): ${judgement?.rule ?? 'nobody said who may sign'}`
  if (judgement?.policy !== undefined) return { why, way: { says: `the policy decides: ${judgement.policy}` } }
  return { why, way: wayToAllow(`${issuer} ${subject}`) }
}

function refuseFinding(
  { judgement, ...record }: JudgedRecord,
  finding: Exclude<Finding, { state: 'accepted' }>,
): Reason {
  // Of what is not one of ours, only a policy can have had more to say.
  const rule = judgement?.policy === undefined ? '' : `; ${judgement.rule}`
  if (finding.state === 'unsigned') return { why: `not signed${rule}`, way: wayToSign(record) }
  if (finding.state === 'foreign')
    return { why: `signed with ${FORMATS[finding.format]}, which nothing here allows${rule}`, way: wayToSign(record) }
  if (finding.state === 'fault')
    return { why: `could not be checked: ${finding.why}`, way: { says: 'nothing passes unchecked: mend that first' } }
  return { why: `its signature is not accepted (${finding.check}): ${finding.why}`, way: wayToSign(record) }
}

function wayToAllow(identity: string): Way {
  const run = `git config --add gitsigil.allow ${quoteShell(identity)}`
  return { says: 'whoever runs the repository can allow that signer there:', run }
}

/** A commit that is signed is another commit, and so are all that follow it. */
function wayToSign({ kind, oid, parents }: Pick<JudgedRecord, 'kind' | 'oid' | 'parents'>): Way {
  if (kind === 'tag') return { says: 'make the tag anew, signed:', run: 'git tag -s -f NAME OBJECT' }
  // It stands in a commit: signing anew keeps it as it is.
  if (kind === 'mergetag')
    return { says: 'make the merge anew, of the commit without its tag:', run: "git merge 'TAG^{commit}'" }
  if (kind === 'push certificate') return { says: 'sign the push:', run: 'git push --signed' }
  const from = parents?.length === 0 ? '--root' : `${oid.slice(0, 12)}^`
  return {
    says: 'sign the commits that are yours, from the oldest on:',
    run: `git rebase -r -f -S ${from}`,
  }
}

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
  /** What the pusher, or somebody else, can do about it; any of them may do. */
  readonly ways?: readonly Way[]
}

/** What can be done about it. */
export interface Way {
  /** One line, raw. */
  readonly says: string
  /** A command to copy. */
  readonly run?: string
  /** Told after all others: the least likely. */
  readonly isLast?: true
}

/** The checks that ask the trusted root, and the words that are in their reasons where it does not list somebody. */
const EVIDENCE: readonly string[] = ['time', 'chain', 'sct', 'log']
const UNLISTED = /\bthe trusted root\b/
const TRUST: Way = {
  says:
    'if that instance is one that you run or trust, whoever runs the repository can name a trusted root that lists it there: ' +
    "hooks go by that setting, and never by what the environment of a push has (a sandbox's: gitsigil sandbox env --format git):",
  run: 'git config gitsigil.trustedRoot FILE',
  isLast: true,
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

/** A change of the policy that the one in force does not allow. */
export function refusePolicy(ref: string, why: string): Refusal {
  const says =
    'take that commit out of what you push (a later one that reverts it does not help), and have who may change the policy ' +
    'do so, as the one in force says'
  return { ref, why, ways: [{ says }] }
}

type Reason = Pick<Refusal, 'why' | 'ways'>

function refuseSigner(
  { facts }: Extract<Finding, { state: 'accepted' }>,
  judgement: JudgedRecord['judgement'],
): Reason {
  const { subject, issuer } = facts.identity
  const why = `signed by ${subject} (${issuer}): ${judgement?.rule ?? 'nobody said who may sign'}`
  if (judgement?.policy !== undefined) return { why, ways: [{ says: `the policy decides: ${judgement.policy}` }] }
  return { why, ways: [wayToAllow(`${issuer} ${subject}`)] }
}

function refuseFinding(
  { judgement, ...record }: JudgedRecord,
  finding: Exclude<Finding, { state: 'accepted' }>,
): Reason {
  // Of what is not one of ours, only a policy can have had more to say.
  const rule = judgement?.policy === undefined ? '' : `; ${judgement.rule}`
  if (finding.state === 'unsigned') return { why: `not signed${rule}`, ways: [wayToSign(record)] }
  if (finding.state === 'foreign')
    return {
      why: `signed with ${FORMATS[finding.format]}, which nothing here allows${rule}`,
      ways: [wayToSign(record)],
    }
  if (finding.state === 'fault')
    return {
      why: `could not be checked: ${finding.why}`,
      ways: [{ says: 'nothing passes unchecked: mend that first' }],
    }
  const why = `its signature is not accepted (${finding.check}): ${finding.why}`
  return { why, ways: [wayToSign(record), ...waysToTrust(finding)] }
}

/** For a signature that may be good, but by an authority or in a log that the trusted root at hand does not list. */
export function waysToTrust(finding: Finding): readonly Way[] {
  const isStranger = finding.state === 'rejected' && EVIDENCE.includes(finding.check) && UNLISTED.test(finding.why)
  return isStranger ? [TRUST] : []
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

// What a record amounts to, in one word and one line: the same for every form of report, so that none of them calls good
// what another calls bad. Nothing but a judgement makes a signature good, and a warning is told wherever an error would be.
import type { JudgedRecord, PlaceKind } from '../history/record.ts'
import type { PolicyJudgement } from '../policy/judgement.ts'
import type { Check } from '../verify/verdict.ts'

/** The words, best first: their order is that of tables. */
export const OUTCOMES = [
  'allowed',
  'exempt',
  'verified',
  'unknown',
  'refused',
  'rejected',
  'unsigned',
  'foreign',
  'fault',
] as const
export type OutcomeName = (typeof OUTCOMES)[number]

/** Stable names of what can be wrong, for tools that count and mute: one for each check, and one for each other way. */
export type RuleId = `rejected-${Check}` | 'unknown' | 'refused' | 'verified' | 'unsigned' | 'foreign' | 'fault'

export interface Outcome {
  readonly name: OutcomeName
  /** `warning`: the policy says that it only warns. */
  readonly severity: 'none' | 'warning' | 'error'
  readonly rule: RuleId
  /** One line; it may quote the object, so whoever prints it escapes it. */
  readonly message: string
}

/** Refs that one line names. */
const MAX_REFS = 3

/** What each rule id stands for. */
export const RULES: Readonly<Record<RuleId, string>> = {
  'rejected-format': 'the signature is malformed',
  'rejected-digest': 'the object is not what was signed',
  'rejected-signature': 'the signature does not verify with its own key',
  'rejected-time': 'nobody who is trusted proves when it was signed',
  'rejected-chain': 'no trusted authority issued the certificate',
  'rejected-sct': 'no certificate log has seen the certificate',
  'rejected-log': 'the transparency log does not hold the signature',
  unknown: 'a good signature of somebody whom nothing allows',
  refused: 'a good signature of somebody whom the policy refuses',
  verified: 'a good signature, and nobody said who should have signed',
  unsigned: 'not signed',
  foreign: 'signed with OpenPGP or SSH, which no policy here vouches for',
  fault: 'could not be checked',
}

const VERIFIED = error('verified', 'verified', 'nobody said who should have signed')
/** Of a history without signatures there are as many as objects. */
const NOT_SIGNED: Readonly<Record<PlaceKind, Outcome>> = {
  commit: unsigned('commit'),
  tag: unsigned('tag'),
  mergetag: unsigned('mergetag'),
  'push certificate': unsigned('push certificate'),
}

/** The outcome of one record. */
export function outcomeOf(record: JudgedRecord): Outcome {
  const { finding, judgement } = record
  const plain = describe(record)
  if (finding.state === 'fault' || judgement === undefined) return plain
  const { level, warn } = judgement
  const rule = placed(judgement)
  if (level === 'allowed' || level === 'exempt') return { ...plain, name: level, severity: 'none', message: rule }
  const severity = level === 'refused' && warn === true ? 'warning' : 'error'
  if (finding.state === 'rejected') return { ...plain, severity }
  if (finding.state === 'accepted') return { name: level, severity, rule: level, message: rule }
  return { ...plain, severity, message: `${plain.message}: ${rule}` }
}

/** What it is where nobody judges. */
function describe({ finding, kind, refs }: JudgedRecord): Outcome {
  if (finding.state === 'unsigned') return NOT_SIGNED[kind]
  if (finding.state === 'accepted') return VERIFIED
  if (finding.state === 'rejected')
    return error('rejected', `rejected-${finding.check}`, `${finding.check}: ${finding.why}`)
  if (finding.state === 'foreign')
    return error('foreign', 'foreign', `the ${kind} is signed with ${formatName(finding.format)}`)
  return error('fault', 'fault', `${finding.code}: ${finding.why}${namedBy(refs)}`)
}

function unsigned(kind: PlaceKind): Outcome {
  return error('unsigned', 'unsigned', `the ${kind} is not signed`)
}

function error(name: OutcomeName, rule: RuleId, message: string): Outcome {
  return { name, severity: 'error', rule, message }
}

/** What could not be looked at is looked for by the refs that name it. */
function namedBy(refs: readonly string[] = []): string {
  if (refs.length === 0) return ''
  const more = refs.length > MAX_REFS ? ` and ${refs.length - MAX_REFS} more` : ''
  return `, named by ${refs.slice(0, MAX_REFS).join(', ')}${more}`
}

/** The rule with its place, so that who reads it can go there. */
function placed({ rule, policy }: PolicyJudgement): string {
  return policy === undefined ? rule : `${rule} (${policy})`
}

function formatName(format: 'openpgp' | 'ssh'): string {
  return format === 'ssh' ? 'SSH' : 'OpenPGP'
}

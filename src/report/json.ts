// The machine-readable report of one verification: one JSON document, described by schema/verify.schema.json. Members are
// only ever added within a version; nothing about a signer stands in it unless the signature was accepted.
import { toHex } from '../bytes.ts'
import { exitStatus, Fault } from '../errors.ts'
import type { PlaceKind } from '../history/record.ts'
import type { PolicyJudgement } from '../policy/judgement.ts'
import { escapeJson } from '../tell.ts'
import { CHECKS, type Check } from '../verify/verdict.ts'
import type { Certificate } from '../x509/certificate.ts'
import { certificateId, fingerprint } from '../x509/fingerprint.ts'
import { formatName } from '../x509/name.ts'
import type { Accepted, Assessment } from './assessment.ts'
import { isSamePerson, type Person } from './people.ts'

/** Version of the documents. */
export const REPORT_VERSION = 1

/** What was verified. */
export interface Subject {
  /** Object id; of a push certificate its blob's, of a mergetag that of the tag that it embeds. */
  readonly object: string
  readonly kind: PlaceKind
  readonly algorithm: 'sha1' | 'sha256'
  readonly person: Person | undefined
  /** A mergetag's commit. */
  readonly within?: string
}

/** What else a document says. */
export interface Conclusion {
  /** The status the program ends with; of a mergetag the one it alone would give. */
  readonly exit: number
  /** What a policy says where there is no accepted signature. */
  readonly byPolicy?: PolicyJudgement | undefined
  /** The documents of the tags that a merge carries. */
  readonly mergetags?: readonly object[]
}

/** The document for an assessment. */
export function assessmentDocument(
  subject: Subject,
  assessment: Assessment,
  { exit, byPolicy, mergetags = [] }: Conclusion,
): object {
  const { object, kind, algorithm, within } = subject
  return {
    version: REPORT_VERSION,
    object,
    kind,
    ...(within === undefined ? {} : { within }),
    objectFormat: algorithm,
    verdict: assessment.ok ? 'accepted' : 'rejected',
    exit,
    ...(assessment.ok
      ? acceptedMembers(assessment, subject.person)
      : rejectedMembers(assessment.rejection.certificate, byPolicy)),
    checks: checksOf(assessment),
    ...(mergetags.length === 0 ? {} : { mergetags }),
  }
}

/** The document where nothing could be checked: `verdict` is `fault`. */
export function faultDocument(thrown: unknown): object {
  const fault = thrown instanceof Fault ? thrown : undefined
  return {
    version: REPORT_VERSION,
    verdict: 'fault',
    exit: exitStatus(thrown),
    fault: {
      code: fault?.code ?? 'bug',
      message: thrown instanceof Error ? thrown.message : String(thrown),
      ...(fault?.hint === undefined ? {} : { hint: fault.hint }),
    },
  }
}

export function encodeDocument(document: object): string {
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`
}

function acceptedMembers(accepted: Accepted, person: Person | undefined) {
  const { verdict, judgement } = accepted
  const { identity, certificate, issuer } = verdict.signer
  return {
    identity: identity.subject,
    identityType: identity.type,
    issuer: identity.issuer,
    instance: judgement.instance,
    claims: identity.claims,
    judgement: judgementMember(judgement),
    certificate: { ...certificateMember(certificate), issuerFingerprint: fingerprint(issuer) },
    log: logMember(accepted),
    times: verdict.times.map(({ source, time, authority }) => ({ source, time: iso(time), authority })),
    committer: personMember(accepted, person),
  }
}

function judgementMember({ level, rule, policy, warn }: PolicyJudgement) {
  return { level, rule, ...(policy === undefined ? {} : { policy }), ...(warn === undefined ? {} : { warn }) }
}

// Same members as for an accepted one, so that a reader need not ask which there are.
function rejectedMembers(certificate: Certificate | undefined, byPolicy: PolicyJudgement | undefined) {
  const judgement = byPolicy === undefined ? null : judgementMember(byPolicy)
  const unknown = { identity: null, identityType: null, issuer: null, instance: null, claims: {}, judgement }
  const unproven = certificate === undefined ? null : certificateMember(certificate)
  return { ...unknown, certificate: unproven, log: null, times: [], committer: null }
}

function certificateMember(certificate: Certificate) {
  return {
    id: certificateId(certificate),
    fingerprint: fingerprint(certificate),
    issuer: nameText(certificate.issuer),
    serial: toHex(certificate.serial),
    notBefore: iso(certificate.notBefore),
    notAfter: iso(certificate.notAfter),
  }
}

// The certificate of a rejected signature may hold anything in the place of a name.
function nameText(name: Uint8Array): string {
  try {
    return formatName(name)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return `#${toHex(name)}`
    throw thrown
  }
}

function logMember({ verdict: { entry } }: Accepted) {
  return {
    url: entry.log,
    id: toHex(entry.logId),
    // 64 bits: not every reader of JSON keeps them as a number.
    index: String(entry.logIndex),
    kind: entry.kind,
    version: entry.version,
    integratedTime: entry.integratedTime === undefined ? null : iso(entry.integratedTime),
    ...(entry.foundIn === undefined ? {} : { foundIn: entry.foundIn }),
  }
}

function personMember({ verdict }: Accepted, person: Person | undefined) {
  if (person === undefined) return null
  const { role, name, email } = person
  return { role, name, email, isSigner: isSamePerson(verdict.signer.identity, person) }
}

function checksOf(assessment: Assessment) {
  const failed = assessment.ok ? CHECKS.length : CHECKS.indexOf(assessment.rejection.check)
  return CHECKS.map((check, index) => {
    if (index < failed) return { check, outcome: outcomeOf(assessment, check) }
    if (index > failed || assessment.ok) return { check, outcome: 'not reached' }
    return { check, outcome: 'failed', why: assessment.rejection.why }
  })
}

function outcomeOf(assessment: Assessment, check: Check): 'passed' | 'skipped' {
  return assessment.ok && assessment.verdict.skipped.includes(check) ? 'skipped' : 'passed'
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

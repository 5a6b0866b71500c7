// One signature explained: for each check what was compared, and which key, root and log decided. What a signature that
// was not accepted claims is shown up to the check that failed, and never a name.
import { hash } from 'node:crypto'
import { toHex } from '../bytes.ts'
import { parseArmor } from '../cms/armor.ts'
import { parseSignedData, type SignedData } from '../cms/signed-data.ts'
import { Fault } from '../errors.ts'
import { type LogEntry, parseLogEntry } from '../rekor/entry.ts'
import type { LogAuthority, TrustedRoot } from '../trust/root.ts'
import { CHECKS, type Check } from '../verify/verdict.ts'
import { findExtension } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { certificateId, fingerprint } from '../x509/fingerprint.ts'
import { formatName } from '../x509/name.ts'
import { parseSctList } from '../x509/sct.ts'
import type { Accepted, Assessment } from './assessment.ts'
import { ABOUT, type About, type Detail } from './explain-about.ts'
import { foundDetails, proofDetails } from './explain-entry.ts'

export interface ExplainedCheck extends About {
  readonly check: Check
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'not reached'
  readonly why?: string
  readonly details: readonly Detail[]
}

/** What one explanation is made of. */
export interface Evidence {
  readonly payload: Uint8Array
  readonly signature: Uint8Array | undefined
  readonly trust: TrustedRoot
  readonly assessment: Assessment
}

/** Every check, in order. */
export function explainChecks(evidence: Evidence): readonly ExplainedCheck[] {
  const { assessment } = evidence
  const failed = assessment.ok ? CHECKS.length : CHECKS.indexOf(assessment.rejection.check)
  const signed = readSigned(evidence.signature)
  return CHECKS.map((check, at) => {
    const outcome = outcomeAt(assessment, check, at - failed)
    const why = outcome === 'failed' && !assessment.ok ? { why: assessment.rejection.why } : {}
    const details = at > failed || signed === undefined ? [] : DETAILS[check](signed, evidence)
    return { check, outcome, ...why, ...ABOUT[check], details }
  })
}

function outcomeAt(assessment: Assessment, check: Check, behind: number): ExplainedCheck['outcome'] {
  if (behind > 0) return 'not reached'
  if (behind === 0) return 'failed'
  return assessment.ok && assessment.verdict.skipped.includes(check) ? 'skipped' : 'passed'
}

type Describe = (signed: SignedData, evidence: Evidence) => readonly Detail[]

const DETAILS: Readonly<Record<Check, Describe>> = {
  format: ({ signer, certificates, scheme }) => [
    ['certificates', String(certificates.length)],
    ['key', `${signer.key.algorithm}, ${signer.key.bits} bits`],
    ['algorithms', `${scheme.digest} of the object, ${scheme.signatureHash} of the signed attributes`],
  ],
  digest: ({ messageDigest }, { payload }) => [
    ['computed', `sha256:${hash('sha256', payload, 'hex')} over ${payload.length} bytes`],
    ['signed', `sha256:${toHex(messageDigest)}`],
  ],
  signature: ({ signer, signedAttributes }) => [
    ['over', `sha256:${hash('sha256', signedAttributes, 'hex')} (the signed attributes)`],
    ['by key', `sha256:${hash('sha256', signer.spki, 'hex')}`],
    ['of certificate', certificateId(signer)],
  ],
  time: (signed, { assessment }) => [
    ...(assessment.ok ? timesOf(assessment) : []),
    ...(signed.signingTime === undefined
      ? []
      : [['claimed', `${iso(signed.signingTime)}, by the signer, which proves nothing`] as const]),
  ],
  chain: chainDetails,
  sct: ({ signer }, { trust }) => sctDetails(findExtension(signer, EXTENSION.sctList)?.value, trust),
  log: (signed, { trust, assessment }) => [
    ...(assessment.ok ? foundDetails(assessment) : []),
    ...logDetails(readEntry(signed), trust),
  ],
}

function timesOf({ verdict }: Accepted): readonly Detail[] {
  return verdict.times.map(({ source, time, authority }) => [
    'proven',
    `${iso(time)}, by ${source === 'log' ? 'the log' : 'the timestamp authority'} ${authority}`,
  ])
}

function chainDetails({ signer }: SignedData, { assessment, trust }: Evidence): readonly Detail[] {
  const authority = assessment.ok
    ? trust.authorities.find(({ chain }) =>
        chain.some((one) => isSame(one.bytes, assessment.verdict.signer.issuer.bytes)),
      )
    : undefined
  return [
    ['certificate', fingerprint(signer)],
    ['valid', `${iso(signer.notBefore)} to ${iso(signer.notAfter)}`],
    ['issuer', nameOf(signer.issuer)],
    ...(assessment.ok ? [['issuer certificate', fingerprint(assessment.verdict.signer.issuer)] as const] : []),
    ...(authority === undefined ? [] : [['authority', `${authority.uri}, ${windowText(authority)}`] as const]),
    ['trusted root', `sha256:${trust.digest}`],
  ]
}

function sctDetails(list: Uint8Array | undefined, { ctLogs }: TrustedRoot): readonly Detail[] {
  if (list === undefined) return []
  return attempt(() => parseSctList(list), []).map(({ logId, timestamp }) => {
    const log = ctLogs.find(({ id }) => isSame(id, logId))
    return [
      'promised',
      `${iso(timestamp)}, by ${log?.baseUrl ?? 'a log that is not in the trusted root'} (${toHex(logId)})`,
    ]
  })
}

function logDetails(entry: LogEntry | undefined, { logs }: TrustedRoot): readonly Detail[] {
  if (entry === undefined) return []
  const log = logs.find(({ id }) => isSame(id, entry.logId))
  return [
    ['log', log === undefined ? 'not in the trusted root' : `${log.baseUrl}, ${windowText(log)}`],
    ['log id', toHex(entry.logId)],
    ['entry', `${entry.logIndex}, ${entry.kind} ${entry.version}`],
    ...proofDetails(entry),
  ]
}

function windowText({ validFor: { start, end } }: Pick<LogAuthority, 'validFor'>): string {
  return `trusted from ${iso(start)}${end === undefined ? '' : ` to ${iso(end)}`}`
}

function readSigned(signature: Uint8Array | undefined): SignedData | undefined {
  return signature && attempt(() => parseSignedData(parseArmor(signature)), undefined)
}

function readEntry({ logEntry }: SignedData): LogEntry | undefined {
  return logEntry && attempt(() => parseLogEntry(logEntry), undefined)
}

// The certificate of a rejected signature may hold anything in the place of a name.
function nameOf(name: Uint8Array): string {
  return attempt(() => formatName(name), `#${toHex(name)}`)
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return otherwise
    throw thrown
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b)
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

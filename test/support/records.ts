// Records of a history for tests of reports: one of each kind, and names as hostile as Git lets them be.
import type { JudgedRecord } from '../../src/history/record.ts'
import type { HistorySummary } from '../../src/history/summary.ts'
import type { Facts } from '../../src/verify/facts.ts'

/** Escapes of terminals, bidi, markup of every form, ends of lines and of elements, commands of CI servers. */
export const EVIL =
  '\x1b[2J\r\n::error::x\u0085\u2028\u202egood\u202c\u200b\ufffe\0</script><img src=x onerror=alert(1)>&"\'`|*_[a](javascript:x)](x)@me #1 ##[add-mask]x %0A]]> <!-- {0} https://evil.test'

/** Everything that must not reach a reader raw, but for the line feeds that end lines. */
export const RAW = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

export const START = Date.UTC(2026, 0, 5, 10)

export function oidOf(number: number): string {
  return number.toString(16).padStart(40, '0')
}

export function facts(more: Partial<Facts> = {}, time = START): Facts {
  return {
    instance: 'public-good',
    identity: { subject: 'kim@example.com', type: 'email', issuer: 'https://issuer.example', claims: {} },
    certificate: {
      id: 'ab'.repeat(20),
      fingerprint: 'CD'.repeat(32),
      issuer: 'CN=sandbox',
      issuerFingerprint: 'EF'.repeat(32),
      serial: '01',
      notBefore: time - 1000,
      notAfter: time + 599_000,
    },
    log: {
      url: 'https://rekor.example',
      id: '12'.repeat(32),
      index: '18446744073709551615',
      kind: 'hashedrekord',
      version: '0.0.1',
      leafHash: '34'.repeat(32),
      integratedTime: time,
    },
    times: [{ source: 'log', time, authority: 'https://rekor.example' }],
    skipped: [],
    ...more,
  }
}

export function record(more: Partial<JudgedRecord> = {}): JudgedRecord {
  return {
    oid: oidOf(1),
    kind: 'commit',
    algorithm: 'sha1',
    parents: [oidOf(0)],
    person: { role: 'committer', name: 'Kim', email: 'kim@example.com' },
    subject: 'a subject',
    finding: { state: 'accepted', facts: facts() },
    judgement: { level: 'allowed', rule: 'allow https://issuer.example kim@example.com' },
    ...more,
  }
}

const refused = { level: 'refused', rule: 'no rule lets this pass', policy: '.gitsigil/policy.yaml:7' } as const

/** One of each outcome, in the order of OUTCOMES, and then warnings and a mergetag. */
export const ONE_OF_EACH: readonly JudgedRecord[] = [
  record({ oid: oidOf(1) }),
  record({ oid: oidOf(2), finding: { state: 'unsigned' }, judgement: { level: 'exempt', rule: 'before the start' } }),
  withoutJudgement(record({ oid: oidOf(3) })),
  record({ oid: oidOf(4), judgement: { level: 'unknown', rule: 'the identity is not among the allowed ones' } }),
  record({ oid: oidOf(5), judgement: refused }),
  record({ oid: oidOf(6), finding: { state: 'rejected', check: 'log', why: 'not in the log', certificateId: 'ab' } }),
  record({ oid: oidOf(7), finding: { state: 'unsigned' }, judgement: refused }),
  record({ oid: oidOf(8), kind: 'tag', finding: { state: 'foreign', format: 'ssh' }, judgement: refused }),
  record({ oid: oidOf(9), finding: { state: 'fault', code: 'git', why: 'the object is missing' } }),
  record({ oid: oidOf(10), judgement: { ...refused, warn: true } }),
  record({ oid: oidOf(11), kind: 'mergetag', within: oidOf(1), target: { oid: oidOf(12), type: 'commit' } }),
].map((one) => (one.finding.state === 'rejected' || one.finding.state === 'fault' ? withoutJudgement(one) : one))

/** Whatever of a record an attacker may choose. */
export const HOSTILE: readonly JudgedRecord[] = [
  record({
    oid: oidOf(20),
    subject: EVIL,
    refs: [`refs/heads/${EVIL}`],
    person: { role: 'committer', name: EVIL, email: EVIL },
    finding: {
      state: 'accepted',
      facts: facts({ identity: { subject: EVIL, type: 'username', issuer: EVIL, claims: { x: EVIL } } }),
    },
    judgement: { level: 'refused', rule: EVIL, policy: EVIL },
  }),
  withoutJudgement(
    record({ oid: oidOf(21), subject: EVIL, finding: { state: 'rejected', check: 'format', why: EVIL } }),
  ),
  withoutJudgement(record({ oid: oidOf(22), subject: EVIL, finding: { state: 'fault', code: 'git', why: EVIL } })),
]

export function withoutJudgement({ judgement: _, ...rest }: JudgedRecord): JudgedRecord {
  return rest
}

export function summary(more: Partial<HistorySummary> = {}): HistorySummary {
  return {
    range: 'v1..main',
    tips: [
      { name: 'main', oid: oidOf(1) },
      { name: 'v1', oid: oidOf(0), excluded: true },
    ],
    moreTips: 0,
    walk: { objects: 10, digest: '34'.repeat(32) },
    isExpected: true,
    places: { commit: 9, tag: 1, mergetag: 1, 'push certificate': 0 },
    states: { accepted: 6, rejected: 1, unsigned: 2, foreign: 1, fault: 1 },
    checks: { log: 1 },
    foreign: { openpgp: 0, ssh: 1 },
    levels: { allowed: 2, unknown: 1, exempt: 1, refused: 4 },
    warned: 1,
    signers: [{ instance: 'public-good', issuer: 'https://issuer.example', subject: 'kim@example.com', signatures: 6 }],
    moreSigners: 0,
    cached: 0,
    started: START,
    finished: START + 1500,
    trust: { instance: 'public-good', digest: '56'.repeat(32) },
    policy: '78'.repeat(32),
    version: '0.1.0',
    exit: 3,
    ...more,
  }
}

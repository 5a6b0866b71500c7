// What a monitor may have seen, for tests of how it is told.
import type { EntrySighting, LogSighting } from '../../src/monitor/sighting.ts'

export function entrySighting(changes: Partial<EntrySighting> = {}): EntrySighting {
  return {
    id: `${'ab'.repeat(32)}:7`,
    kind: 'uncovered',
    alert: true,
    log: 'https://log.example',
    index: 7,
    logIndex: '1007',
    leaf: 'cd'.repeat(32),
    entryKind: 'hashedrekord 0.0.1',
    hashes: [`sha256:${'12'.repeat(32)}`],
    subject: 'alice@example.com',
    issuer: 'https://accounts.example.com',
    watched: 'alice',
    certificate: 'ef'.repeat(32),
    notBefore: '2026-06-01T12:00:00.000Z',
    objects: [],
    near: [],
    why: 'signed as you, not in any repository you named',
    seen: '2026-06-15T12:00:00.000Z',
    ...changes,
  }
}

export function logSighting(changes: Partial<LogSighting> = {}): LogSighting {
  return {
    id: `${'ab'.repeat(32)}:fork:7:00`,
    kind: 'fork',
    alert: true,
    log: 'https://log.example',
    why: 'the tree has two roots for one size',
    size: '7',
    evidence: '/state/x.fork.json',
    seen: '2026-06-15T12:00:00.000Z',
    ...changes,
  }
}

/** What a certificate may hold to be taken for something else where it is told. */
export const HOSTILE =
  'a@b.example\r\nBcc: c@d.example\r\n\r\n<script>alert(1)</script> @team [x](javascript:y) \u202e\u001b[2J| `'

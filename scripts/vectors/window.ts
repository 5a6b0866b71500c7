// Vectors about every window of validity: a second outside each end is refused, both ends are inclusive.
import type { Check } from '../../src/verify/verdict.ts'
import { SECOND, SIGNED_AT } from '../forge/instance.ts'
import { generalizedTime } from '../forge/stamp.ts'
import { SHORT_INTERMEDIATE, SHORT_ROOT, SHORT_TSA, SHORT_TSA_ROOT, WINDOW } from './roots.ts'
import { leafWindow } from './use.ts'
import { bad, good, type Making, type Vector } from './vector.ts'

const LOG = 'the log that the entry names was not valid at the time of the signature'
const LEAF = 'the certificate was not valid at the proven time'
const CA = 'a CA of the chain was not valid at the proven time'
const TSA = 'the timestamp lies outside the validity of its authority'

/** Four vectors: a second before the window, its first second, its last, and a second after it. */
function around(what: string, check: Check, reason: string, making: Making): readonly Vector[] {
  // The CT log's promise is of the same moment, so that a verifier that asks by that one finds the same.
  const at = (time: number): Making =>
    what === 'ct log' ? { ...making, time, scts: (make) => [make({ time })] } : { ...making, time }
  const slug = what.replaceAll(' ', '-')
  return [
    ...bad(check, `${slug}-before`, reason, `a second before the window of the ${what}`, at(WINDOW.start - SECOND)),
    ...good(`${slug}-first`, `the first moment in the window of the ${what}`, at(WINDOW.start)),
    ...good(`${slug}-last`, `the last moment in the window of the ${what}`, at(WINDOW.end)),
    ...bad(check, `${slug}-after`, reason, `a second after the window of the ${what}`, at(WINDOW.end + SECOND)),
  ].map((vector) => (vector.from === undefined ? vector : { ...vector, from: `good-${slug}-first` }))
}

export const WINDOWS: readonly Vector[] = [
  ...around('leaf', 'chain', LEAF, { leaf: leafWindow(WINDOW.start, WINDOW.end) }),
  ...around('leaf by timestamp', 'chain', LEAF, { log: 'v2', leaf: leafWindow(WINDOW.start, WINDOW.end) }),
  ...around('certificate authority', 'chain', 'https://fulcio.vectors.example was not trusted at the proven time', {
    root: 'ca-window',
  }),
  ...around('intermediate certificate', 'chain', CA, { root: 'intermediate-window', instance: SHORT_INTERMEDIATE }),
  ...around('root certificate', 'chain', CA, { root: 'root-window', instance: SHORT_ROOT }),
  ...around('log v1', 'time', LOG, { root: 'rekor-v1-window' }),
  ...around('log v2', 'log', LOG, { root: 'rekor-v2-window', log: 'v2' }),
  ...around('ct log', 'sct', 'the certificate transparency log was not trusted then', { root: 'ct-window' }),
  ...around('timestamp authority', 'time', TSA, { root: 'tsa-window', log: 'v2' }),
  ...around('timestamp certificate', 'time', `timestamp authority: ${LEAF}`, {
    root: 'tsa-certificate-window',
    log: 'v2',
    instance: SHORT_TSA,
  }),
  ...around('timestamp root', 'time', `timestamp authority: ${CA}`, {
    root: 'tsa-root-window',
    log: 'v2',
    instance: SHORT_TSA_ROOT,
  }),
  ...bad(
    'time',
    'timestamp-authority-fraction-after',
    TSA,
    'a fraction of a second after the window of the timestamp authority',
    {
      root: 'tsa-window',
      log: 'v2',
      from: 'good-timestamp-authority-last',
      stamp: { info: (info) => ({ ...info, time: generalizedTime(WINDOW.end + 1) }) },
    },
  ),
  ...bad('chain', 'expired-at-log-time', LEAF, 'a leaked key of a certificate that ended long ago, signed today', {
    kinds: ['commit', 'tag', 'push-certificate'],
    leaf: leafWindow(SIGNED_AT - 86_400 * SECOND, SIGNED_AT - 85_800 * SECOND),
  }),
  ...bad('chain', 'not-yet-valid-at-log-time', LEAF, 'a certificate that begins after the log took the entry in', {
    leaf: leafWindow(SIGNED_AT + SECOND, SIGNED_AT + 600 * SECOND),
  }),
  ...bad(
    'chain',
    'one-time-outside',
    LEAF,
    'the log proves a time inside, the timestamp one after the certificate ended',
    {
      stamp: { time: SIGNED_AT + 3600 * SECOND },
    },
  ),
  ...bad(
    'chain',
    'log-time-outside',
    LEAF,
    'a timestamp from the life of the certificate over a signature that the log took in a second after it',
    {
      kinds: ['commit', 'tag', 'push-certificate'],
      leaf: leafWindow(SIGNED_AT - 600 * SECOND, SIGNED_AT - SECOND),
      stamp: { time: SIGNED_AT - 60 * SECOND },
    },
  ),
]

// Whether this clock agrees with the services': tokens live for minutes, and a certificate for ten.
import { type Finding, fail, ok, warn } from './finding.ts'

/** One answer of a service: when it was asked, when it answered, and the Date that it gave, in milliseconds. */
export interface Answered {
  readonly service: string
  readonly sent: number
  readonly received: number
  readonly date: number
}

const SMALL = 30_000
const LARGE = 5 * 60_000

/** The middle of several services is believed: one of them may be wrong itself. */
export function checkClock(answers: readonly Answered[]): Finding {
  const skews = answers.map(skewOf).sort((a, b) => Math.abs(a) - Math.abs(b))
  const skew = skews[Math.floor((skews.length - 1) / 2)]
  if (skew === undefined) return warn('clock', 'not compared: no service answered')
  const size = Math.abs(skew)
  if (size < SMALL) return ok('clock', "agrees with the services'")
  const text = `${spanText(size)} ${skew > 0 ? 'ahead of' : 'behind'} the services'`
  const hint = 'set this clock, and let it be kept right (NTP)'
  return size < LARGE
    ? warn('clock', text, hint)
    : fail('clock', `${text}: tokens and certificates will be refused`, hint)
}

/** Positive where this clock is ahead. A Date has whole seconds, and the answer was on its way for a while. */
function skewOf({ sent, received, date }: Answered): number {
  if (date + 1000 < sent) return sent - date - 1000
  return date > received ? received - date : 0
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

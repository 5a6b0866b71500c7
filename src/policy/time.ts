// Times in policies: UTC, to the second or the day.
import { unfit } from './node.ts'

/**
 * Milliseconds since 1970. Throws `config` (`unfit`) for a day that there is not: `Date` takes the 31st of February for the
 * 3rd of March.
 */
export function parseTime(text: string, line: number): number {
  const whole = text.includes('T') ? text : `${text}T00:00:00Z`
  const time = Date.parse(whole)
  if (Number.isNaN(time) || formatTime(time, true) !== whole) throw unfit(line, `there is no time ${text}`)
  return time
}

/** As a policy would write it; a midnight as its day alone unless it is wanted whole. */
export function formatTime(time: number, isWhole = false): string {
  const text = new Date(time).toISOString().replace('.000Z', 'Z')
  return isWhole ? text : text.replace('T00:00:00Z', '')
}

// `--since`: read strictly. Git reads any word as a date, and a misspelt one as now, which would leave the range empty.
import { Fault } from '../errors.ts'

const UNITS: Readonly<Record<string, number>> = {
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_800,
  year: 31_557_600,
}

/** Seconds since 1970: `2026-01-31`, with `T12:00:00Z`, `@SECONDS`, or `3 weeks ago`. Throws `usage`. */
export function parseSince(text: string, now: number): number {
  const since = readDate(text, now)
  if (since * 1000 > now) throw new Fault('usage', `--since: in the future, where nothing is: ${text}`)
  return since
}

function readDate(text: string, now: number): number {
  const [, seconds] = /^@(\d{1,12})$/.exec(text) ?? []
  if (seconds !== undefined) return Number(seconds)
  const [, count, unit = ''] = /^(\d{1,6})[ .](hour|day|week|month|year)s?(?:[ .]ago)?$/.exec(text) ?? []
  if (count !== undefined) return Math.floor(now / 1000) - Number(count) * (UNITS[unit] ?? 0)
  const [, day] = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? []
  const date = day !== undefined && isDay(day) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(date))
    throw new Fault('usage', `--since: not a date: ${text}`, {
      hint: 'for example 2026-01-31, 2026-01-31T12:00:00Z or "3 weeks ago"',
    })
  return date / 1000
}

// The 31st of February is read as a day in March.
function isDay(day: string): boolean {
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

// What `monitor` says of a round beside what it saw: how far it looked, what it could not read, what is wrong and was told
// before. One line a thing, on stderr.
import type { Outcome } from '../compose/monitor.ts'
import type { LogRound } from '../compose/monitor-log.ts'
import type { World } from '../system/world.ts'
import { escapeText, tellFailure } from '../tell.ts'

const BEFORE = ': what is before that is not looked at (--from)'

const ELSEWHERE = 'another --state begins where it says'

const TRUST =
  'entries that name who is watched are of a CA that the trusted root does not know: it may be out of date, and signatures ' +
  'as you may be notes; gitsigil initialize fetches it, and another --state with --from looks again'

/** @param isBrief nothing is said of a round in which there was nothing */
export function tellRound(world: World, outcomes: readonly Outcome[], isBrief: boolean): void {
  for (const { log, round, fault, store } of outcomes) {
    if (fault !== undefined) world.write(2, tellFailure(world, fault))
    if (round === undefined) continue
    for (const [level, text] of lines(round, store.state?.firstUnreadable ?? [], isBrief))
      world.write(2, `${world.name}: ${level}${escapeText(`${log}: ${text}`)}\n`)
  }
}

function lines(round: LogRound, first: readonly number[], isBrief: boolean): readonly (readonly [string, string])[] {
  const { from, to, isFirst, isOtherWatch, isFromLate, standing, unreadable, isTrustOld, waiting } = round
  const told: (readonly [string, string])[] = []
  if (isFirst && standing.every(({ kind }) => kind === 'frozen'))
    told.push(['', `a first run, which begins at entry ${from}${from === 0 ? '' : BEFORE}`])
  if (isOtherWatch)
    told.push(['warning: ', `others are watched than before: entries before ${from} were not looked at for them`])
  if (isFromLate && !isBrief)
    told.push(['warning: ', `--from is for a first run, and this one goes on from entry ${from}: ${ELSEWHERE}`])
  if (to > from || !isBrief)
    told.push(['', `${to - from === 1 ? '1 entry' : `${to - from} entries`} looked at, up to ${to}`])
  if (waiting > 0 && !isBrief) told.push(['', `waits for the objects of ${waiting} (--grace)`])
  if (unreadable > 0)
    told.push([
      'warning: ',
      `${unreadableText(unreadable)} a signer who cannot be read; the first: ${first.join(', ')}`,
    ])
  if (isTrustOld) told.push(['error: ', TRUST])
  // Where one goes on and on, what was seen says it once.
  for (const { kind, why, evidence } of isBrief ? [] : standing) {
    const kept = evidence === undefined ? '' : `; kept in ${evidence}`
    told.push(['error: ', `${kind}: ${why}${kept}`])
  }
  return told
}

function unreadableText(count: number): string {
  return count === 1 ? '1 entry has' : `${count} entries have`
}

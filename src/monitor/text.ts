// What a monitor saw, in lines for people. What comes from outside is escaped here, whatever the lines are for.
import { escapeText } from '../tell.ts'
import type { CoveredObject } from './objects.ts'
import { type EntrySighting, isLogSighting, type Sighting } from './sighting.ts'

/** A head line, and what there is to know below it, two spaces in. */
export function sightingText(sighting: Sighting): string {
  const details = isLogSighting(sighting) ? [['kept in', sighting.evidence ?? '']] : entryRows(sighting)
  const rows = details.filter(([, value]) => value !== '')
  return [
    headLine(sighting),
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(13)}${escapeText(value)}`),
    '',
  ].join('\n')
}

/** One line, without a line end. */
export function headLine(sighting: Sighting): string {
  const level = sighting.alert ? 'ALERT' : 'note'
  if (isLogSighting(sighting)) return escapeText(`${level}: ${sighting.log} (${sighting.kind}): ${sighting.why}`)
  const { subject, issuer, index, log, kind, why, objects } = sighting
  const who = subject === '' ? 'somebody' : `${subject} (${issuer})`
  const said = kind === 'covered' ? objects.map(objectText).join(', ') : `${kind}: ${why}`
  return escapeText(`${kind === 'covered' ? 'entry' : `${level}: entry`} ${index} of ${log} by ${who}: ${said}`)
}

function entryRows(sighting: EntrySighting): readonly (readonly [string, string])[] {
  if (sighting.kind === 'covered' || sighting.kind === 'repeat') return []
  const { watched, entryKind, hashes, notBefore, certificate, near, logIndex, leaf } = sighting
  return [
    ['watched as', watched],
    ['kind', entryKind],
    ...hashes.map((one) => ['hash', one] as const),
    ['certificate', certificate === '' ? '' : `of ${notBefore}, SHA-256 ${certificate}`],
    ...near.map((one) => ['near', objectText(one)] as const),
    ['look at it', `gitsigil log get --url ${sighting.log} ${/^\d+$/.test(logIndex) ? logIndex : leaf}`],
  ]
}

function objectText({ kind, oid, repository, how }: CoveredObject): string {
  return `${how === 'endorsement' ? 'endorsement of ' : ''}${kind} ${oid} in ${repository}`
}

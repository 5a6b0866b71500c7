// Alerts as a mail (RFC 5322, plain text in base64). No header holds a byte from outside but addresses that were checked,
// so nothing that a certificate says can add one.
import { hash } from 'node:crypto'
import { encodeUtf8, toBase64 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { titleOf } from './issue.ts'
import type { Sighting } from './sighting.ts'
import { sightingText } from './text.ts'

export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
}

/** Most alerts that one mail tells. */
const MAX_TOLD = 200
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/

/** Throws `usage` for what is no plain address: no name, no comment, no line end. */
export function checkAddress(text: string, flag: string): string {
  if (!ADDRESS.test(text)) throw new Fault('usage', `--${flag}: not an address: ${text}`)
  return text
}

/**
 * The message, lines ended by CR and LF. The same alerts make the same Message-ID, so that a mail sent twice is known.
 * @param now milliseconds since 1970
 */
export function mailText(alerts: readonly Sighting[], { from, to }: Envelope, now: number): string {
  const id = hash('sha256', JSON.stringify([to, alerts.map(({ id: one }) => one)])).slice(0, 40)
  const left = Math.max(0, alerts.length - MAX_TOLD)
  const more = left === 0 ? '' : `\nand ${left} more, in the journal of the monitor\n`
  const body = toBase64(encodeUtf8(`${alerts.slice(0, MAX_TOLD).map(sightingText).join('\n')}${more}`))
  const lines = [
    `From: gitsigil <${from}>`,
    `To: ${to.join(',\r\n ')}`,
    `Subject: ${titleOf(alerts)}`,
    `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${from.slice(from.indexOf('@') + 1)}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(body.match(/.{1,76}/g) ?? []),
    '',
  ]
  return lines.join('\r\n')
}

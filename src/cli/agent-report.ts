// What `agent status` says: for people, and as one JSON document.
import type { AgentStatus } from '../agent/answer.ts'
import type { Place } from '../agent/place.ts'
import { usesText } from '../agent/use.ts'
import { escapeJson, escapeText } from '../tell.ts'

const DOCUMENT_VERSION = 1

/** @param found undefined where none runs */
export function documentOf({ socket }: Place, found: AgentStatus | undefined): string {
  const document = { version: DOCUMENT_VERSION, running: found !== undefined, socket, ...detailsOf(found) }
  return `${escapeJson(JSON.stringify(document))}\n`
}

function detailsOf(found: AgentStatus | undefined): object {
  if (found === undefined) return {}
  const { pid, forward, keys, log } = found
  return {
    pid,
    started: dateOf(found.started),
    ...(forward === undefined ? {} : { forward }),
    keys: keys.map((key) => ({ ...key, expires: dateOf(key.expires) })),
    log,
  }
}

/** A line for each thing that it keeps, and for each use. */
export function statusText({ socket }: Place, { pid, forward, keys, log }: AgentStatus): string {
  const held = keys.map(
    ({ subject, issuer, instance, expires, uses, forwardedUses }) =>
      `key ${subject} (${issuer}) at ${instance}, until ${dateOf(expires)}, ${usesText(uses)}${forwardedText(forwardedUses)}`,
  )
  const lines = [
    `the agent runs as process ${pid} at ${socket}`,
    ...(forward === undefined ? [] : [`may be forwarded: ${forward}`]),
    ...(held.length > 0 ? held : ['no keys']),
    ...log.map((line) => `used ${line}`),
  ]
  return lines.map((line) => `${escapeText(line)}\n`).join('')
}

function forwardedText(uses: number): string {
  return uses === 0 ? '' : `, of that ${uses} forwarded`
}

function dateOf(time: number): string {
  return new Date(time).toISOString()
}

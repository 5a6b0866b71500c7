// What `initialize` says: what is kept, where, and how old it is.
import { hash } from 'node:crypto'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { PUBLIC_GOOD } from '../trust/instance.ts'
import { days } from '../trust/record.ts'
import type { Refreshed } from '../trust/refresh-client.ts'
import { parseTrustedRoot } from '../trust/root-json.ts'

/** For people: a few lines, each of which stands alone. */
export function initializedText(world: Pick<World, 'name' | 'now'>, refreshed: Refreshed): string {
  const { record, directory } = refreshed
  const lines = [
    `instance ${record.name} from ${escapeText(record.mirror)}`,
    `trusted root: ${counts(refreshed)}; ${ageOf(refreshed, world.now())}`,
    `TUF: root version ${record.rootVersion}, timestamp valid until ${day(record.timestampExpires)}`,
    `stored in ${escapeText(directory)}`,
    ...usage(refreshed),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** For programs: one document. Times are RFC 3339. */
export function initializedJson(refreshed: Refreshed): string {
  const { record, directory, trustedRoot, isNew, hasSigningConfig } = refreshed
  const document = {
    version: 1,
    instance: record.name,
    sandbox: record.sandbox,
    mirror: record.mirror,
    directory,
    tuf: {
      startedFrom: record.anchor,
      rootVersion: record.rootVersion,
      timestampExpires: new Date(record.timestampExpires).toISOString(),
    },
    trustedRoot: {
      sha256: hash('sha256', trustedRoot, 'hex'),
      new: isNew,
      since: new Date(record.changed).toISOString(),
    },
    signingConfig: hasSigningConfig,
  }
  return `${JSON.stringify(document)}\n`
}

function counts({ trustedRoot, hasSigningConfig }: Refreshed): string {
  const { authorities, logs, ctLogs, timestampAuthorities } = parseTrustedRoot(trustedRoot)
  const parts = [
    count(authorities.length, 'certificate authority', 'certificate authorities'),
    count(logs.length, 'log'),
    count(ctLogs.length, 'certificate log'),
    count(timestampAuthorities.length, 'timestamp authority', 'timestamp authorities'),
  ]
  return `${parts.join(', ')}${hasSigningConfig ? ', and a signing config' : ''}`
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

function ageOf({ record, isNew }: Refreshed, now: number): string {
  if (isNew) return 'new here'
  const age = days(now - record.changed)
  return `unchanged since ${day(record.changed)} (${count(age, 'day')})`
}

function usage({ record }: Refreshed): readonly string[] {
  if (record.name === PUBLIC_GOOD) return []
  const use = `to use it in a repository: git config gitsigil.instance ${record.name}`
  return record.sandbox ? ['a sandbox is for trying and testing, not a CA to trust', use] : [use]
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

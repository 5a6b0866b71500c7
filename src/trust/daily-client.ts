// What happens at most once in a while: the refresh that goes with signing, and the word that trust is out of date. Never
// called where Git verifies: that stays off the network, and its stderr is what Git shows of a signature.
import { join } from 'node:path'
import { decodeUtf8, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { readBytesIfAny } from '../system/files.ts'
import type { Http } from '../system/http.ts'
import { makePrivateDirectory, replaceFile } from '../system/private-files.ts'
import type { Instance } from './instance.ts'
import { cacheDirectory, instancesDirectory } from './place.ts'
import { PUBLIC_GOOD_DATE } from './public-good.ts'
import { checkFreshness } from './record.ts'
import { readRecord } from './store-client.ts'

type Environment = Readonly<Record<string, string | undefined>>

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** What a person should be told, each in one line. */
export interface Note {
  readonly why: string
  readonly hint: string
}

/**
 * Refreshes an instance that was not refreshed within a day, after a failure at most once an hour.
 * @returns why it failed, which is no reason not to sign; undefined where nothing was due or all went well
 */
export async function refreshIfDue(
  env: Environment,
  instance: Instance,
  http: Http,
  now: number,
): Promise<Fault | undefined> {
  const instances = instancesDirectory(env)
  if (instances === undefined || instance.source === 'file' || instance.source === 'pem') return undefined
  const { name } = instance
  const age = now - (readRecord(instances, name)?.refreshed ?? 0)
  if ((age >= 0 && age < DAY) || !takeTurn(env, `refreshed-${name}`, HOUR, now)) return undefined
  try {
    const { refreshInstance } = await import('./refresh-client.ts')
    await refreshInstance({ instances, name }, http, now)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
}

/** That the trust in use is out of date, on the first call of a day that finds it so. */
export function readStaleNote(env: Environment, instance: Instance, now: number): Note | undefined {
  if (instance.source === 'file' || instance.source === 'pem') return undefined
  const { name, source } = instance
  const instances = instancesDirectory(env)
  const record = source === 'embedded' || instances === undefined ? undefined : readRecord(instances, name)
  if (source === 'cache' && record === undefined) return undefined
  const stale = checkFreshness(record, PUBLIC_GOOD_DATE, now)
  if (stale === undefined || !takeTurn(env, `said-stale-${name}`, DAY, now)) return undefined
  return { ...stale, hint: `gitsigil initialize --instance ${name}` }
}

/**
 * Whether `what` was not done within the last `span` milliseconds; if so, it counts as done now. Where that cannot be
 * kept, everything is done each time.
 */
function takeTurn(env: Environment, what: string, span: number, now: number): boolean {
  const directory = cacheDirectory(env)
  if (directory === undefined) return true
  try {
    const path = join(directory, what)
    const last = readBytesIfAny(path)
    const age = last === undefined ? span : now - Date.parse(decodeUtf8(last).trim())
    // A time to come is a clock's mistake, and must not silence anything for years.
    if (age >= 0 && age < span) return false
    makePrivateDirectory(directory)
    replaceFile(path, encodeUtf8(`${new Date(now).toISOString()}\n`))
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
  }
  return true
}

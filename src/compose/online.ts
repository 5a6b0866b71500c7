// Configuration becomes the logs that are asked for entries of online mode. It reaches a network, so nobody loads it unless
// `--online` or `rekorMode=online` says so.
import { hash } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { findEntries } from '../rekor/client-online.ts'
import { createEntrySearch, type EntrySearch } from '../rekor/client-search.ts'
import { hasIssuer, type Instance } from '../trust/instance.ts'
import type { LogAuthority } from '../trust/root.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type Configured, composeTrust } from './assessor.ts'
import type { FindOnline, Manners } from './further.ts'
import { composeHttp } from './services.ts'

/** One for a whole run: the logs are asked over shared connections, and what is asked at the same moment goes out together. */
export function composeFinder(configured: Configured, manners: Manners = {}): FindOnline {
  const searches = new Map<string, EntrySearch>()
  const http = composeHttp(configured, manners.budget)
  const searchOf = (url: string): EntrySearch => {
    const search = searches.get(url) ?? createEntrySearch({ http, url, ...manners })
    searches.set(url, search)
    return search
  }
  return async (missing) => {
    for (const url of searchableLogs(configured, missing.certificate)) {
      const entries = await findEntries(searchOf(url), missing)
      if (entries.length > 0) return entries
    }
    return []
  }
}

/** Base URLs of the logs that can be searched for this certificate's entries. Throws `config` where there is none. */
export function searchableLogs(configured: Configured, certificate: Certificate): readonly string[] {
  const { settings } = configured
  const instances = composeTrust(configured)
  const { standard } = instances
  const instance = hasIssuer(standard, certificate) ? standard : (instances.findOther(certificate) ?? standard)
  const isNamed = instance === standard && settings.rekor !== undefined && settings.rekorVersion !== '2'
  return isNamed && settings.rekor !== undefined ? [settings.rekor] : searchableOf(instance)
}

/** The logs of Rekor v1 in the trusted root of an instance. Throws `config` where it has none. */
export function searchableOf({ name, trust }: Instance): readonly string[] {
  const urls = new Set(trust.logs.filter(isRekorV1).map(({ baseUrl }) => baseUrl))
  if (urls.size === 0)
    throw new Fault('config', `instance ${name} has no log that can be searched: Rekor v2 has no search`, {
      hint: 'gitsigil.rekor names one',
    })
  return [...urls]
}

/** By its id, which v2 makes of its name and key, and v1 of the key alone. */
export function isRekorV1({ id, key }: LogAuthority): boolean {
  return equalBytes(id, hash('sha256', key.spki, 'buffer'))
}

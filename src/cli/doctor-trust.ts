// How old the trust of the instance at hand is.
import type { Standing } from '../compose/standing.ts'
import { type Finding, ok, warn } from '../doctor/finding.ts'
import { isSandbox } from '../trust/here-client.ts'
import { instancesDirectory } from '../trust/place.ts'
import { PUBLIC_GOOD_DATE } from '../trust/public-good.ts'
import { checkFreshness } from '../trust/record.ts'
import { readRecord } from '../trust/store-client.ts'
import { ageText } from './status-report.ts'

const SANDBOX = 'is a sandbox: for trying and testing, its signatures mean nothing elsewhere'

export function checkTrust({
  instance,
  configured: { env, world },
}: Pick<Standing, 'instance' | 'configured'>): Finding {
  const { name, source } = instance
  if (source === 'file' || source === 'pem') {
    const named = `instance ${name}, from files that the configuration names`
    return isSandbox(instance) ? warn('trust', `${named}, ${SANDBOX}`) : ok('trust', named)
  }
  const instances = instancesDirectory(env)
  const record = source === 'cache' && instances !== undefined ? readRecord(instances, name) : undefined
  const refresh = `gitsigil initialize --instance ${name}`
  const stale = checkFreshness(record, PUBLIC_GOOD_DATE, world.now())
  if (stale !== undefined) return warn('trust', stale.why, refresh)
  if (isSandbox(instance)) return warn('trust', `instance ${name} ${SANDBOX}`)
  const since = source === 'embedded' ? PUBLIC_GOOD_DATE : record?.refreshed
  const age = since === undefined ? '' : `, ${ageText(world.now() - since)}`
  return ok(
    'trust',
    `instance ${name}, ${source === 'embedded' ? 'as it came with this program' : 'fetched by TUF'}${age}`,
  )
}

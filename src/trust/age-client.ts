// How old the trust of a run is: since the repository it comes from last answered in full, since this program was made, or
// since the file that the configuration names was last written.
import { Fault } from '../errors.ts'
import { readModified } from '../system/files.ts'
import type { Instance } from './instance.ts'
import { instancesDirectory } from './place.ts'
import { PUBLIC_GOOD_DATE } from './public-good.ts'
import { days } from './record.ts'
import { readRecord } from './store-client.ts'

const DAY = 86_400_000

/** @param files absolute paths of those that the configuration names; the oldest counts. Milliseconds; throws `io` */
export function trustAge(
  env: Readonly<Record<string, string | undefined>>,
  { name, source }: Pick<Instance, 'name' | 'source'>,
  files: readonly string[],
  now: number,
): number {
  if (source === 'file' || source === 'pem') return now - Math.min(...files.map(readModified))
  const instances = instancesDirectory(env)
  const refreshed = instances === undefined ? undefined : readRecord(instances, name)?.refreshed
  // A kept root without a record of its refresh may be of any age.
  return now - (refreshed ?? (source === 'embedded' ? PUBLIC_GOOD_DATE : 0))
}

/** Throws `trust` where an instance's trust is older than that. A clock that is behind makes nothing young. */
export function requireFresh(name: string, age: number, maxDays: number): void {
  if (Math.abs(age) <= maxDays * DAY) return
  throw new Fault(
    'trust',
    `the trusted root of instance ${name} is ${days(Math.abs(age))} days ${age < 0 ? 'ahead' : 'old'}`,
    {
      hint:
        `gitsigil.trustMaxAge is ${maxDays}; gitsigil initialize --instance ${name} refreshes it ` +
        `(a file that is configured: put the newest in its place)`,
    },
  )
}

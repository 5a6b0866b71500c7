// What a hook looks at is verified as a run over a history is: by several threads where a push is worth their start, under a
// trusted root that is not too old, by what is here and never by asking a log.
import { availableParallelism } from 'node:os'
import { eachRecord, verifyHistory } from '../history/history.ts'
import type { Format } from '../history/places.ts'
import type { ObjectRecord } from '../history/record.ts'
import { walk } from '../history/walk.ts'
import type { Range } from '../hook/gate.ts'
import { resolvePath } from '../system/files.ts'
import { repositoryAt } from '../system/git-history.ts'
import { requireFresh, trustAge } from '../trust/age-client.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { lookFurtherIn } from './further-history.ts'
import { composeLookers, trustDigest } from './lookers.ts'

/** What a range holds, verified and not judged. */
export type Look = (range: Range) => AsyncIterable<ObjectRecord>

/** A push has the machine not to itself. */
const MAX_JOBS = 8
/** Objects of a push that are looked at by one thread: for fewer the start of others takes longer than they save. */
const FEW = 256

/** Threads that are started end with the hook. Throws `config`, `io` or `trust`. */
export async function composeLook(configured: Configured, format: Format): Promise<Look> {
  const { world, settings, sources } = configured
  const instances = composeTrust(configured)
  const now = world.now()
  requireYoung(configured, instances.standard, now)
  const trust = trustDigest(instances, configured)
  const surroundings = { env: { ...world.env }, cwd: world.cwd }
  const jobs = Math.min(MAX_JOBS, Math.max(1, availableParallelism()))
  const looking = await composeLookers({ settings, sources, world: surroundings, now, format, trust }, jobs, FEW)
  // By notes that are here already. A hook asks no log, whatever rekorMode says.
  const lookers = lookFurtherIn(looking, { configured, instances, format, now })
  const repository = repositoryAt({ world, signal: new AbortController().signal })
  // A signature may be under the trust of another instance, which is read only then.
  const fresh = (record: ObjectRecord) => {
    const { finding } = record
    const name = finding.state === 'accepted' ? finding.facts.instance : instances.standard.name
    if (name === instances.standard.name || settings.trustMaxAge === undefined) return record
    const other = instances.others().find((instance) => instance.name === name)
    requireYoung(configured, other ?? { name, source: 'cache' }, now)
    return record
  }
  return async function* look(range) {
    const frames = walk(repository, range, format)
    for await (const record of eachRecord(verifyHistory({ frames, format, lookers }).groups)) yield fresh(record)
    return undefined
  }
}

/**
 * With `trustMaxAge` an older root vouches for nothing: a key that was taken back since would still count. Throws `trust`,
 * or `io` for a file that is gone.
 */
export function requireYoung(
  { settings, world }: Configured,
  instance: Parameters<typeof trustAge>[1],
  now: number,
): void {
  const { trustMaxAge, trustedRoot, fulcioRoot, rekorPublicKey, ctLogPublicKey, timestampCertChain } = settings
  if (trustMaxAge === undefined) return
  const pems = [fulcioRoot ?? settings.rootFile, rekorPublicKey, ctLogPublicKey, timestampCertChain]
  const files = instance.source === 'file' ? [trustedRoot] : pems
  const paths = files.flatMap((path) => (path === undefined ? [] : [resolvePath(path, world)]))
  requireFresh(instance.name, trustAge(world.env, instance, paths, now), trustMaxAge)
}

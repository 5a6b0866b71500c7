// What a policy must know of objects, found out in the repository: paths, ancestors, a tag's own name, endorsements,
// signatures of other kinds.

import { Fault } from '../errors.ts'
import { parseTagHeader } from '../git/commit.ts'
import { objectId } from '../git/id.ts'
import { mergeTags } from '../git/object.ts'
import type { ObjectRecord, PlaceKind } from '../history/record.ts'
import type { ForeignVerdict, PolicyInput } from '../policy/input.ts'
import { type Needs, needsOf } from '../policy/needs.ts'
import type { Policy } from '../policy/prepare.ts'
import type { GitObject } from '../system/git-object.ts'
import { readObjects } from '../system/git-objects.ts'
import { readChangedPaths } from '../system/git-walk.ts'
import type { World } from '../system/world.ts'
import type { Facts } from '../verify/facts.ts'
import { type Ancestors, findAncestors } from './ancestors.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { checkSound } from './signed.ts'

export interface JudgeContext {
  /** Full name of the ref that the objects are meant for; without it tags have those that named them. */
  readonly ref?: string
  /** Where endorsements are read from: a ref of notes, or in a push the commit that it is to name. */
  readonly notes?: string
  /** Whether a commit is on the first-parent line; absent: every one counts as being there. */
  readonly isOnLine?: (oid: string) => boolean
}

const KINDS: Readonly<Record<PlaceKind, PolicyInput['kind']>> = {
  commit: 'commit',
  tag: 'tag',
  mergetag: 'tag',
  'push certificate': 'push',
}

/** One input a record, in their order. Throws `git` where something cannot be found out. */
export async function gatherInputs(
  configured: Configured,
  policy: Policy,
  records: readonly ObjectRecord[],
  context: JudgeContext,
  ancestors: Ancestors,
): Promise<readonly PolicyInput[]> {
  const { world } = configured
  const needs = needsOf(policy)
  const paths = await findPaths(world, needs, records)
  const isBefore = await findAncestors(world, needs, records, ancestors)
  const objects = await readTold(world, needs, records)
  const others = await verifyOthers(configured, policy, records, objects)
  const inputs: PolicyInput[] = []
  for (const [index, record] of records.entries()) {
    const changed = paths?.get(record.oid)
    const foreign = others.get(record.oid)
    inputs.push({
      kind: KINDS[record.kind],
      oid: record.oid,
      now: world.now(),
      ...(context.ref === undefined ? {} : { ref: context.ref }),
      ...(record.parents === undefined ? {} : { parents: record.parents }),
      ...(record.finding.state === 'accepted' ? { facts: record.finding.facts } : {}),
      ...(changed === undefined ? {} : { paths: () => changed }),
      ...(record.kind === 'commit' ? { isBefore: (start: string) => isBefore(start, record.oid) } : {}),
      ...(context.isOnLine?.(record.oid) === false ? { isBeside: true } : {}),
      ...tellOfObject(record, objects[index]),
      ...(foreign === undefined ? {} : { foreign }),
      ...(await tellOfOthers(configured, needs, record, context)),
    })
  }
  return inputs
}

async function findPaths(world: World, { paths }: Needs, records: readonly ObjectRecord[]) {
  const commits = records.filter(({ kind, finding }) => kind === 'commit' && finding.state !== 'fault')
  return paths && commits.length > 0
    ? await readChangedPaths(
        world,
        commits.map(({ oid }) => oid),
      )
    : undefined
}

/** The objects whose bytes tell something: tags, and what has a signature of another kind. */
async function readTold(world: World, needs: Needs, records: readonly ObjectRecord[]) {
  const isTold = ({ kind, finding }: ObjectRecord) =>
    finding.state !== 'fault' && (kind === 'tag' || (finding.state === 'foreign' && needs.foreign))
  const names = records.map((record) => (isTold(record) ? (record.within ?? record.oid) : undefined))
  const found = await readObjects(
    world,
    names.filter((name) => name !== undefined),
  )
  let at = 0
  return names.map((name) => (name === undefined ? undefined : found[at++]))
}

function tellOfObject(record: ObjectRecord, object: GitObject | undefined): { readonly tagName?: string } {
  if (object === undefined || record.kind !== 'tag') return {}
  const { bytes, algorithm } = checkSound(object)
  return { tagName: parseTagHeader(bytes, algorithm).tag }
}

/** Of the records with a signature of another kind; absent where the policy has no keys. */
async function verifyOthers(
  configured: Configured,
  policy: Policy,
  records: readonly ObjectRecord[],
  objects: readonly (GitObject | undefined)[],
): Promise<ReadonlyMap<string, ForeignVerdict>> {
  const places = records.flatMap((record, index) => {
    const object = objects[index]
    return record.finding.state === 'foreign' && object !== undefined ? [placeOf(record, checkSound(object))] : []
  })
  if (places.length === 0) return new Map()
  const { verifyForeign } = await import('./foreign.ts')
  return await verifyForeign(configured, policy, places)
}

/** The object itself, or the tag that a merge embeds. */
function placeOf({ oid, kind }: ObjectRecord, object: GitObject): GitObject {
  if (kind !== 'mergetag') return object
  const bytes = mergeTags(object.bytes).find((tag) => objectId('tag', tag, object.algorithm) === oid)
  if (bytes === undefined) throw new Fault('git', `${object.oid} embeds no tag ${oid}`)
  return { ...object, oid, type: 'tag', bytes }
}

async function tellOfOthers(
  configured: Configured,
  { endorsements }: Needs,
  { kind, oid }: ObjectRecord,
  { notes }: JudgeContext,
): Promise<{ readonly endorsements?: readonly Facts[] }> {
  if (!endorsements || kind !== 'tag') return {}
  const { readEndorsements } = await import('./endorsements.ts')
  return { endorsements: (await readEndorsements(configured, composeTrust(configured), oid, notes)).facts }
}

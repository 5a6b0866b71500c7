// What a policy must know of objects, found out in the repository: paths, ancestors, a tag's own name, endorsements,
// signatures of other kinds.

import { Fault } from '../errors.ts'
import { parseTagHeader } from '../git/commit.ts'
import { objectId } from '../git/id.ts'
import { mergeTags } from '../git/object.ts'
import { IdTable } from '../history/id-table.ts'
import type { ObjectRecord, PlaceKind } from '../history/record.ts'
import type { ForeignVerdict, PolicyInput } from '../policy/input.ts'
import { type Needs, needsOf } from '../policy/needs.ts'
import type { Policy } from '../policy/prepare.ts'
import type { GitObject } from '../system/git-object.ts'
import { readObjects } from '../system/git-objects.ts'
import { findCommit, isAncestor, listCommits, readChangedPaths } from '../system/git-walk.ts'
import type { World } from '../system/world.ts'
import type { Facts } from '../verify/facts.ts'
import { type Configured, composeTrust } from './assessor.ts'
import type { JudgeContext } from './inquiry.ts'
import { checkSound } from './signed.ts'

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

type IsBefore = (start: string, oid: string) => boolean

/** The ancestors of starts, as far as anybody asked: each is walked once for all records. */
export type Ancestors = Map<string, IdTable>

/** One walk for many commits, one question for a single one. A start that is not here has no ancestors here. */
async function findAncestors(
  world: World,
  { starts }: Needs,
  records: readonly ObjectRecord[],
  ancestors: Ancestors,
): Promise<IsBefore> {
  const [only, ...more] = records.filter(({ kind, finding }) => kind === 'commit' && finding.state !== 'fault')
  if (only === undefined || starts.length === 0) return () => false
  const asked = new Map<string, boolean>()
  for (const start of starts) {
    if (ancestors.has(start)) continue
    const isHere = (await findCommit(world, start)) === start
    if (more.length > 0) ancestors.set(start, tableOf(start, isHere ? await listCommits(world, [start]) : []))
    else asked.set(start, isHere && (await isAncestor(world, only.oid, start)))
  }
  return (start, oid) => {
    const table = ancestors.get(start)
    return table === undefined ? asked.get(start) === true : table.marksOf(oid) !== 0
  }
}

function tableOf(start: string, oids: readonly string[]): IdTable {
  const table = new IdTable(start.length === 40 ? 'sha1' : 'sha256')
  for (const oid of oids) table.mark(oid, 1)
  return table
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

// Whether commits stand before a start that a policy names, asked of Git once for many.
import { IdTable } from '../history/id-table.ts'
import type { ObjectRecord } from '../history/record.ts'
import type { Needs } from '../policy/needs.ts'
import { findCommit, isAncestor, listCommits } from '../system/git-walk.ts'
import type { World } from '../system/world.ts'

type IsBefore = (start: string, oid: string) => boolean

/** The ancestors of starts, as far as anybody asked: each is walked once for all records. */
export type Ancestors = Map<string, IdTable>

/** One walk for many commits, one question for a single one. A start that is not here has no ancestors here. */
export async function findAncestors(
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

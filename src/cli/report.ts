// `report merge FILE...`: the JSON lines of all shards of a run become one report, with the status one run would have had.
import { Fault } from '../errors.ts'
import type { JudgedRecord } from '../history/record.ts'
import { summarize } from '../history/summarize.ts'
import { Tally } from '../history/tally.ts'
import { checkParts, type Part } from '../report/shards.ts'
import { resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'
import { type FlagTable, parseFlags } from './flags.ts'
import { noSuchAction } from './misspelt.ts'
import { openReports, REPORT_FLAGS, type Reports } from './report-output.ts'
import { readShard } from './report-shard.ts'

export const REPORT_COMMAND_FLAGS: FlagTable = REPORT_FLAGS

export async function reportCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, REPORT_COMMAND_FLAGS)
  const [action, ...files] = flags.operands
  if (action !== 'merge') throw noSuchAction(world, 'report', action, ['merge'])
  const paths = files.map((file) => resolvePath(file, world))
  // Each is read twice: nothing is reported of a run before all of it is known to be there.
  const parts = paths.map((path) => readAll(path, () => undefined))
  checkParts(parts)
  const reports = await openReports(world, flags)
  try {
    return merge(parts, reports)
  } finally {
    reports.close()
  }
}

function merge(parts: readonly Part[], reports: Reports): number {
  const sorted = [...parts].sort((a, b) => (a.start.shard?.index ?? 1) - (b.start.shard?.index ?? 1))
  const start = wholeStart(sorted)
  const tally = new Tally()
  reports.start(start)
  const again = sorted.map(({ name }) =>
    readAll(name, (record) => {
      tally.add(record)
      reports.record(record)
    }),
  )
  if (JSON.stringify(again) !== JSON.stringify(sorted)) throw new Fault('io', 'a report changed while it was read')
  const { walk } = first(sorted).end
  const cached = sorted.reduce((sum, { end }) => sum + end.cached, 0)
  const summary = summarize(tally, { walk, cached }, start, Math.max(...sorted.map(({ end }) => end.finished)))
  reports.end(summary)
  return summary.exit
}

/** The run as if it had not been divided. */
function wholeStart(parts: readonly Part[]) {
  const { shard: _, ...rest } = first(parts).start
  return { ...rest, started: Math.min(...parts.map(({ start }) => start.started)) }
}

function first([part]: readonly Part[]): Part {
  if (part === undefined) throw new Fault('usage', 'expected the JSON lines of at least one run')
  return part
}

function readAll(path: string, each: (record: JudgedRecord) => void): Part {
  const records = readShard(path)
  for (;;) {
    const { done, value } = records.next()
    if (done === true) return value
    each(value)
  }
}

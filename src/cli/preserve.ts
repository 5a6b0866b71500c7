// `preserve [RANGE]`: keeps the log entries of signatures in online mode as notes, so that the history verifies without a
// network from then on. Status 0: every signature is lasting; 1: some are not; 3: a log did not answer (what it did is kept),
// or all was asked for of a shallow clone.
import { composeAssessor, readConfiguration } from '../compose/assessor.ts'
import { composeFinder } from '../compose/online.ts'
import { type Preserved, preserve } from '../compose/preserve.ts'
import { encodeDocument, REPORT_VERSION } from '../report/json.ts'
import { listSigned } from '../system/git-signed.ts'
import { readKind } from '../system/git-tips.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { type FlagTable, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { IN_FLIGHT_FLAG, readInFlight } from './online-flags.ts'
import { OPTION_FLAGS } from './option-flags.ts'

export const PRESERVE_FLAGS: FlagTable = {
  check: { kind: 'switch', help: 'ask no log and write nothing: say what share of the signatures is lasting' },
  ...IN_FLIGHT_FLAG,
  ...OPTION_FLAGS,
  json: { kind: 'switch', help: 'print one JSON document' },
}

type State = Preserved['standing']['state']

/** A day: it is the run that is long, and not one request. */
const BUDGET = 86_400_000
const PROGRESS = 500

interface Tally {
  readonly counts: Record<State, number>
  readonly problems: Preserved[]
}

export async function preserveCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, PRESERVE_FLAGS)
  const inFlight = readInFlight(flags)
  const configured = await readConfiguration(world, flags.values)
  const assessor = await composeAssessor(configured)
  const oids = await listSigned(world, flags.operands)
  const find = isSet(flags, 'check') ? undefined : composeFinder(configured, { inFlight, budget: BUDGET })
  const tally = newTally()
  let seen = 0
  for await (const one of preserve(configured, assessor, oids, find)) {
    count(tally, one)
    if (++seen % PROGRESS === 0 && world.isTerminal(2))
      world.write(2, `${world.name}: ${seen} signatures looked at, ${oids.length} objects in all\n`)
  }
  return report(world, flags, tally, flags.operands.length === 0 && (await readKind(world)).isShallow)
}

function newTally(): Tally {
  const counts = { embedded: 0, kept: 0, added: 0, missing: 0, rejected: 0, unsigned: 0, foreign: 0 }
  return { counts, problems: [] }
}

function count({ counts, problems }: Tally, one: Preserved): void {
  counts[one.standing.state]++
  if (one.standing.state === 'missing' || one.standing.state === 'rejected') problems.push(one)
}

/** @param isCut all was asked for, and the clone has not all */
function report(world: World, flags: ParsedFlags, { counts, problems }: Tally, isCut: boolean): number {
  const lasting = counts.embedded + counts.kept + counts.added
  const all = lasting + counts.missing + counts.rejected
  const exit = lasting < all ? 1 : isCut ? 3 : 0
  if (isSet(flags, 'json'))
    world.write(1, encodeDocument({ version: REPORT_VERSION, exit, ...counts, lasting, signatures: all, problems }))
  else world.write(1, summary(counts, lasting, all))
  for (const { oid, kind, standing } of problems)
    world.write(2, `${world.name}: ${escapeText(`${kind} ${oid}: ${problemText(standing)}`)}\n`)
  if (isCut) world.write(2, `${world.name}: error: the clone is shallow: what is behind its cut was not looked at\n`)
  if (counts.added > 0)
    world.write(
      2,
      `${world.name}: hint: git push origin refs/notes/gitsigil shares the notes; setup --notes fetches them\n`,
    )
  return exit
}

function problemText(standing: Preserved['standing']): string {
  if (standing.state === 'rejected') return `not accepted: ${standing.why}`
  return `not lasting: ${('why' in standing ? standing.why : undefined) ?? 'its log entry is not kept'}`
}

// Rounded down: all but one of a thousand are not all.
function summary(counts: Tally['counts'], lasting: number, all: number): string {
  const share = all === 0 ? 'no signatures' : `${Math.floor((lasting * 1000) / all) / 10} % lasting`
  const { embedded, kept, added, missing, rejected, unsigned, foreign } = counts
  return (
    `${share}: ${embedded} with the log entry inside, ${kept} kept in notes, ${added} added now, ${missing} missing, ` +
    `${rejected} not accepted; ${unsigned} unsigned, ${foreign} of other formats\n`
  )
}

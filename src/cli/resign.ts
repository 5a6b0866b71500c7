// `resign A..B`: own commits of a range that lack a good signature get one, after a plan is shown; what descends from
// them is rewritten as it must be. Another's commit is never signed, rewritten or lost: where one stands in the way,
// nothing is done.
import { composeAssessor, readConfiguration } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { encodeDocument } from '../report/json.ts'
import { isChange, planResign } from '../resign/plan.ts'
import { findBranch, findUnderWay, resolveCommit } from '../system/git-branch.ts'
import { gitValue } from '../system/git-config.ts'
import { requireGitFolder } from '../system/git-folder.ts'
import { askTerminal } from '../system/terminal.ts'
import type { World } from '../system/world.ts'
import { faultAsDocument } from './fault-document.ts'
import { type FlagTable, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { SIGNING_FLAGS } from './option-flags.ts'
import { resignDocument } from './resign-json.ts'
import { type Prepared, prepare } from './resign-plan.ts'
import { readRange } from './resign-range.ts'
import { askText, doneText, furtherText, obstacleFault, planText, publishedFault } from './resign-report.ts'

export const RESIGN_FLAGS: FlagTable = {
  yes: { kind: 'switch', short: 'y', help: 'sign without asking' },
  'dry-run': { kind: 'switch', short: 'n', help: 'show the plan and do nothing' },
  json: { kind: 'switch', help: 'print one JSON document (schema/resign.schema.json); with --yes or --dry-run' },
  force: { kind: 'switch', short: 'f', help: 'also where a remote branch has commits that would change' },
  ...SIGNING_FLAGS,
}

/** Asks a person; undefined where there is none. */
export type Ask = (question: string) => Promise<string | undefined>

export function resignCommand(world: World, args: readonly string[], ask?: Ask): Promise<number> {
  return faultAsDocument(world, args, (heard) => run(heard, args, ask))
}

async function run(world: World, args: readonly string[], ask?: Ask): Promise<number> {
  const flags = parseFlags(args, RESIGN_FLAGS)
  const isJson = isSet(flags, 'json')
  if (isJson && !isSet(flags, 'yes') && !isSet(flags, 'dry-run'))
    throw new Fault('usage', '--json asks nobody', { hint: 'give --yes, or --dry-run for the plan alone' })
  const { base, tip, range } = parseRange(flags)
  const configured = await readConfiguration(world, flags.values)
  if (gitValue(configured.git, 'extensions.compatobjectformat') !== undefined)
    throw new Fault('config', 'commits that have an id in two object formats cannot be signed anew')
  await requireGitFolder(world, 'run it in the repository whose commits are to be signed')
  const branch = await findBranch(world, tip)
  const read = await readRange(world, await resolveCommit(world, base), branch.oid, await composeAssessor(configured))
  const prepared = await prepare(world, range, branch, planResign(read.candidates))
  if (!isJson) world.write(1, planText(prepared))
  await check(world, prepared, isSet(flags, 'force'))
  const terminal: Ask = (question) => askTerminal(world, question, new AbortController().signal)
  const isDone = await isWanted(world, prepared, flags, ask ?? terminal)
  const done = isDone ? await (await import('./resign-sign.ts')).resign(configured, prepared, read) : undefined
  if (isJson) world.write(1, encodeDocument(resignDocument(prepared, done)))
  else if (done !== undefined) world.write(1, doneText(prepared, done))
  if (done !== undefined) world.write(2, furtherText(world.name, done))
  return 0
}

function parseRange({ operands: [range = '', ...more] }: ParsedFlags) {
  const dots = range.indexOf('..')
  const [base, tip] = [range.slice(0, Math.max(dots, 0)), range.slice(dots + 2)]
  const isOdd = tip.includes('..') || tip.startsWith('.') || /^[-^]/.test(base) || /^[-^]/.test(tip)
  if (base === '' || isOdd || more.length > 0)
    throw new Fault('usage', 'expected a range A..B, where B is a branch', { hint: 'A.. is what HEAD has beyond A' })
  return { base, tip: tip === '' ? 'HEAD' : tip, range }
}

// Somebody else's commit, a remote branch, or something under way that knows commits by their ids.
async function check(world: World, { plan, published }: Prepared, isForced: boolean): Promise<void> {
  if (plan.obstacle !== undefined) throw obstacleFault(plan.obstacle)
  if (!plan.steps.some(isChange)) return
  if (published.length > 0 && !isForced) throw publishedFault(published)
  const underWay = await findUnderWay(world)
  if (underWay !== undefined)
    throw new Fault('usage', `${underWay} is under way here, and knows commits by their ids`, {
      hint: 'finish it first',
    })
}

async function isWanted(world: World, { plan }: Prepared, flags: ParsedFlags, ask: Ask): Promise<boolean> {
  if (isSet(flags, 'dry-run') || !plan.steps.some(isChange)) return false
  if (isSet(flags, 'yes')) return true
  const answer = await ask(askText(plan))
  if (answer === undefined)
    throw new Fault('usage', 'nothing was changed: there is no terminal to ask on', {
      hint: '--yes signs without asking',
    })
  if (/^y(?:es)?$/i.test(answer)) return true
  world.write(1, 'nothing was changed\n')
  return false
}

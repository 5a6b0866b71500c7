// `resign A..B`: own commits of a range that lack a good signature get one, after a plan is shown; what descends from
// them is rewritten as it must be. Another's commit is never signed, rewritten or lost: where one stands in the way,
// nothing is done.
import { type Configured, composeAssessor, readConfiguration } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import {
  type Candidate,
  findOtherSigner,
  isChange,
  lowestChanges,
  planResign,
  type ResignPlan,
} from '../resign/plan.ts'
import { replaceParents, signedCommit } from '../resign/rewrite.ts'
import {
  type Branch,
  findBranch,
  findUnderWay,
  findUpstream,
  moveBranch,
  refsContaining,
  resolveCommit,
  storeCommit,
} from '../system/git-branch.ts'
import { gitValue } from '../system/git-config.ts'
import { askTerminal } from '../system/terminal.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { type FlagTable, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { SIGNING_FLAGS } from './option-flags.ts'
import { type ResignRange, readRange } from './resign-range.ts'
import { askText, doneText, obstacleFault, otherSignerFault, planText, publishedFault } from './resign-report.ts'

export const RESIGN_FLAGS: FlagTable = {
  yes: { kind: 'switch', short: 'y', help: 'sign without asking' },
  'dry-run': { kind: 'switch', short: 'n', help: 'show the plan and do nothing' },
  force: { kind: 'switch', short: 'f', help: 'also where a remote branch has commits that would change' },
  ...SIGNING_FLAGS,
}

/** What is known before anything is done. */
export interface Prepared {
  readonly range: string
  readonly branch: Branch
  readonly plan: ResignPlan
  /** Remote branches that have what would change. */
  readonly published: readonly string[]
  /** Tags and other branches that keep the old commits. */
  readonly staying: readonly string[]
}

/** A commit and the id of the one in its place. */
export interface Renamed {
  readonly commit: Candidate
  readonly oid: string
}

/** Asks a person; undefined where there is none. */
export type Ask = (question: string) => Promise<string | undefined>

export async function resignCommand(world: World, args: readonly string[], ask?: Ask): Promise<number> {
  const flags = parseFlags(args, RESIGN_FLAGS)
  const { base, tip, range } = parseRange(flags)
  const configured = await readConfiguration(world, flags.values)
  if (gitValue(configured.git, 'extensions.compatobjectformat') !== undefined)
    throw new Fault('config', 'commits that have an id in two object formats cannot be signed anew')
  const branch = await findBranch(world, tip)
  const read = await readRange(world, await resolveCommit(world, base), branch.oid, await composeAssessor(configured))
  const prepared = await prepare(world, range, branch, planResign(read.candidates))
  world.write(1, planText(prepared))
  await check(world, prepared, flags)
  const terminal: Ask = (question) => askTerminal(world, question, new AbortController().signal)
  if (await isWanted(world, prepared, flags, ask ?? terminal)) await resign(configured, prepared, read)
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

async function prepare(world: World, range: string, branch: Branch, plan: ResignPlan): Promise<Prepared> {
  const lowest = lowestChanges(plan)
  if (lowest.length === 0) return { range, branch, plan, published: [], staying: [] }
  const upstream = await findUpstream(world, branch.ref)
  const remote = ['refs/remotes', ...(upstream === undefined ? [] : [upstream])]
  const published = await refsContaining(world, lowest, remote)
  const local = await refsContaining(world, lowest, ['refs/heads', 'refs/tags'])
  return { range, branch, plan, published, staying: local.filter((ref) => ref !== branch.ref) }
}

async function check(world: World, { plan, published }: Prepared, flags: ParsedFlags): Promise<void> {
  if (plan.obstacle !== undefined) throw obstacleFault(plan.obstacle)
  if (!plan.steps.some(isChange)) return
  if (published.length > 0 && !isSet(flags, 'force')) throw publishedFault(published)
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

// All commits are made before the branch moves: until then nothing points at them, and a failure changes nothing.
async function resign(configured: Configured, prepared: Prepared, { objects }: ResignRange): Promise<void> {
  const { world } = configured
  const { composeSigner, signVerified } = await import('../compose/signer.ts')
  const signer = await composeSigner({ ...configured, world: readingOnce(world) }, { hasStdin: true })
  for (const note of signer.notes) world.write(2, `${world.name}: warning: ${escapeText(note)}\n`)
  const renamed = new Map<string, string>()
  const made: Renamed[] = []
  const signers = new Set<string>()
  for (const { commit } of prepared.plan.steps.filter(isChange)) {
    const signed = objects.get(commit.oid)
    if (signed === undefined) throw new Fault('git', `${commit.oid} is not in the range`)
    const payload = replaceParents(signed.split.payload, renamed)
    const { signed: signature, identity } = await signVerified(signer, payload)
    const other = findOtherSigner(prepared.plan, identity)
    if (other !== undefined) throw otherSignerFault(other, identity.subject)
    const fresh = signedCommit(payload, signature.armored, signed.subject.algorithm)
    await storeCommit(world, fresh.oid, fresh.bytes)
    renamed.set(commit.oid, fresh.oid)
    made.push({ commit, oid: fresh.oid })
    signers.add(`${identity.subject} (${identity.issuer})`)
  }
  const tip = renamed.get(prepared.branch.oid)
  if (tip === undefined) throw new Fault('git', `${prepared.branch.ref} is not among the commits that changed`)
  await moveBranch(world, prepared.branch, tip, `gitsigil resign ${prepared.range}`)
  world.write(1, doneText(prepared, made, [...signers].join(', ')))
}

// Each signature asks for the token; standard input can be read only once.
function readingOnce(world: World): World {
  let read: Promise<Uint8Array> | undefined
  return {
    ...world,
    readStdin() {
      read ??= world.readStdin()
      return read
    },
  }
}

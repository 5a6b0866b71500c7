// `verify [REV]` and `verify-tag TAG`: one object, and the tags that a merge carries, their signers held against what the
// flags or the configuration expect.
// Status 0 accepted and allowed; 1 not; 2 where nobody said who is expected; 3 where it could not be checked.
import { type Assessor, type Configured, readConfiguration, type SecondOpinion } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { unknownKeys } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { gitValue } from '../system/git-config.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { assessObject } from './assess.ts'
import { EXPECT_FLAGS, expectationOf } from './expect-flags.ts'
import { faultAsDocument } from './fault-document.ts'
import { type FlagTable, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { checkSingle, HISTORY_FLAGS, isHistory, isReport } from './history-flags.ts'
import { IN_FLIGHT_FLAG, isOnline, ONLINE_FLAG } from './online-flags.ts'
import { OPTION_FLAGS } from './option-flags.ts'
import { REPORT_FLAGS } from './report-output.ts'
import { readSigned } from './signed-object.ts'
import { type Request, tellVerdict } from './verify-report.ts'

export const VERIFY_TAG_FLAGS: FlagTable = {
  ...EXPECT_FLAGS,
  ...OPTION_FLAGS,
  ...ONLINE_FLAG,
  paranoid: { kind: 'switch', help: 'ask @sigstore/verify too, and accept only what both accept' },
  ref: { kind: 'value', value: 'REF', help: 'full name of the ref that the policy is asked about' },
  json: { kind: 'switch', help: 'print one JSON document (schema/verify.schema.json)' },
  sct: { kind: 'value', value: 'FILE', help: 'deprecated and without effect: the SCT is in the certificate' },
}

export const VERIFY_FLAGS: FlagTable = { ...VERIFY_TAG_FLAGS, ...IN_FLIGHT_FLAG, ...HISTORY_FLAGS, ...REPORT_FLAGS }

interface Call {
  readonly args: readonly string[]
  readonly table: FlagTable
  readonly online: LoadOnline | undefined
}

/** @param online loads what asks a log; asked for it only by `--online` or `rekorMode=online` */
export function verifyCommand(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  return run(world, { args, table: VERIFY_FLAGS, online }, ({ operands }) => ({
    rev: operands[0] ?? 'HEAD',
    tagsOnly: false,
  }))
}

export function verifyTagCommand(world: World, args: readonly string[], online?: LoadOnline): Promise<number> {
  return run(world, { args, table: VERIFY_TAG_FLAGS, online }, ({ operands: [rev, ...more] }) => {
    if (rev === undefined || more.length > 0) throw new Fault('usage', 'expected one tag')
    return { rev, tagsOnly: true }
  })
}

function run(
  outer: World,
  { args, table, online }: Call,
  read: (flags: ParsedFlags) => Omit<Request, 'flags'>,
): Promise<number> {
  return faultAsDocument(outer, args, async (world) => {
    const flags = parseFlags(args, table)
    const request = { flags, ...read(flags) }
    if (request.tagsOnly || !(isHistory(flags) || isReport(flags))) {
      checkSingle(flags)
      return await verify(world, request, online)
    }
    const { verifyHistoryCommand } = await import('./verify-history.ts')
    return await verifyHistoryCommand(world, flags, (configured) => warnUnknown(world, configured), online)
  })
}

async function verify(world: World, request: Request, online: LoadOnline | undefined): Promise<number> {
  // Flags that are incomplete are told before anything is read.
  expectationOf(request.flags)
  const configured = await readConfiguration(world, request.flags.values)
  warnUnknown(world, configured)
  const compatible = gitValue(configured.git, 'extensions.compatobjectformat') !== undefined
  const signed = await readSigned(world, request.rev, compatible)
  if (request.tagsOnly && signed.subject.kind !== 'tag')
    throw new Fault('usage', `${request.rev} names a ${signed.subject.kind}, not a tag object`, {
      hint: `${world.name} verify checks it`,
    })
  const assessed = await assessObject(configured, request.flags, request.rev, signed, {
    opinion: await secondOpinion(request.flags),
    online: isOnline(request.flags, configured) ? online : undefined,
  })
  await tellStale(world, assessed.assessor)
  return tellVerdict(world, request, assessed)
}

function warnUnknown(world: World, configured: Configured): void {
  for (const key of unknownKeys(configured.git))
    world.write(2, escapeLines(`${world.name}: warning: git config ${key} is not an option and has no effect`))
}

// A second verifier is large: whoever does not ask for it does not load it.
async function secondOpinion(flags: ParsedFlags): Promise<SecondOpinion | undefined> {
  return isSet(flags, 'paranoid') ? (await import('../opinion/paranoid.ts')).withSecondOpinion : undefined
}

// Once a day; never where Git asks, whose `%GG` would show it.
export async function tellStale(world: World, { instance }: Pick<Assessor, 'instance'>): Promise<void> {
  const { readStaleNote } = await import('../trust/daily-client.ts')
  const note = readStaleNote(world.env, instance, world.now())
  if (note === undefined) return
  world.write(2, escapeLines(`${world.name}: warning: ${note.why}`, `${world.name}: hint: ${note.hint}`))
}

function escapeLines(...lines: readonly string[]): string {
  return lines.map((line) => `${escapeText(line)}\n`).join('')
}

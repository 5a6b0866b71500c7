// `setup`: makes Git sign and verify with this program, for one repository or for all, after showing each change; and
// `setup --undo` takes it back, to exactly what was there.
import { Fault } from '../errors.ts'
import { isChange, NOTES_SETTINGS, planSetup, planUndo, recordChanges, type SetupKey } from '../setup/plan.ts'
import { readSettings, type SettingsScope, writeSetting } from '../system/git-settings.ts'
import { askTerminal } from '../system/terminal.ts'
import type { World } from '../system/world.ts'
import { parseInstanceName } from '../trust/instance.ts'
import { readInstance } from '../trust/store-client.ts'
import { type FlagTable, flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { findProgram } from './setup-program.ts'
import { findRecord, type Place, readRecord, writeRecord } from './setup-record.ts'
import { askText, doneText, planText, type SetupPlan, setupJson } from './setup-report.ts'

export const SETUP_FLAGS: FlagTable = {
  global: { kind: 'switch', help: 'for all of your repositories, not this one alone' },
  yes: { kind: 'switch', short: 'y', help: 'make the changes without asking' },
  undo: { kind: 'switch', help: 'take back what setup changed' },
  'dry-run': { kind: 'switch', short: 'n', help: 'show the changes and make none' },
  instance: { kind: 'value', value: 'NAME', help: 'Sigstore instance to sign with and to trust' },
  notes: { kind: 'switch', help: 'also fetch the notes that preserve keeps, with each fetch from origin' },
  program: { kind: 'value', value: 'PATH', help: 'what Git is to call; found by itself unless given' },
  json: { kind: 'switch', help: 'one JSON document on stdout; asks nothing, so it needs --yes or --dry-run' },
}

/** Asks a person; undefined where there is none. */
export type Ask = (question: string) => Promise<string | undefined>

export async function setupCommand(world: World, args: readonly string[], ask?: Ask): Promise<number> {
  const flags = parseFlags(args, SETUP_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'setup takes no operands')
  const scope = isSet(flags, 'global') ? 'global' : 'local'
  const undo = isSet(flags, 'undo')
  const place = await findRecord(world, scope, undo)
  const plan = undo ? await planBack(world, place) : await planForth(world, place, flags)
  const isJson = isSet(flags, 'json')
  if (!isJson) world.write(1, planText(plan))
  const terminal: Ask = (question) => askTerminal(world, question, new AbortController().signal)
  const made = plan.changes.some(isChange) && (await isWanted(world, flags, plan, ask ?? terminal))
  if (made) await apply(world, plan)
  world.write(1, isJson ? setupJson(plan, made) : doneText(world, plan, made))
  return 0
}

async function planForth(world: World, place: Place, flags: ParsedFlags): Promise<SetupPlan> {
  const settings = await readSettings(world, place.scope)
  const instance = checkInstance(world, place.scope, flagValue(flags, 'instance'))
  const wanted: Partial<Record<SetupKey, string>> = {
    'gpg.format': 'x509',
    'gpg.x509.program': await findProgram(world, flagValue(flags, 'program')),
    'commit.gpgsign': 'true',
    'tag.gpgsign': 'true',
    ...(instance === undefined ? {} : { 'gitsigil.instance': instance }),
    ...(isSet(flags, 'notes') ? checkNotes(place.scope, settings) : {}),
  }
  return { place, undo: false, changes: planSetup(wanted, (key) => settings.get(key) ?? []), kept: [] }
}

async function planBack(world: World, place: Place): Promise<SetupPlan> {
  const settings = await readSettings(world, place.scope)
  return { place, undo: true, ...planUndo(readRecord(place), (key) => settings.get(key) ?? []) }
}

function checkNotes(scope: SettingsScope, settings: ReadonlyMap<string, readonly string[]>) {
  if (scope === 'local' && settings.has('remote.origin.fetch')) return NOTES_SETTINGS
  throw new Fault('usage', '--notes is for a repository with a remote named origin')
}

// An instance that is not there, or a sandbox for every repository, would fail at the first commit: say so now.
function checkInstance(world: World, scope: SettingsScope, name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  readInstance(world.env, parseInstanceName(name, '--instance'), scope)
  return name
}

async function isWanted(world: World, flags: ParsedFlags, plan: SetupPlan, ask: Ask): Promise<boolean> {
  if (isSet(flags, 'dry-run')) return false
  if (isSet(flags, 'yes')) return true
  const answer = isSet(flags, 'json') ? undefined : await ask(askText(plan))
  if (answer === undefined)
    throw new Fault('usage', 'nothing was changed: there is no terminal to ask on', {
      hint: `${setupCall(world, plan)} --yes makes the changes without asking`,
    })
  return /^y(?:es)?$/i.test(answer)
}

// The record first: were it the other way round, a failure between the two would leave changes that nothing can undo.
async function apply(world: World, { place, undo, changes }: SetupPlan): Promise<void> {
  if (!undo) writeRecord(place, recordChanges(readRecord(place), changes))
  for (const { key, after } of changes.filter(isChange)) await writeSetting(world, place.scope, key, after)
  if (undo) writeRecord(place, [])
}

/** What was called, for a hint. */
function setupCall({ name }: World, { undo, place }: SetupPlan): string {
  return `${name} setup${undo ? ' --undo' : ''}${place.scope === 'global' ? ' --global' : ''}`
}

// The settings that go with hooks: made where nobody made them, recorded, and taken back with the last hook.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { toHex } from '../bytes.ts'
import type { Configured } from '../compose/assessor.ts'
import { HOOKS, type HookName } from '../hook/name.ts'
import { type Change, planUndo, recordChanges } from '../setup/plan.ts'
import { findGitFolder } from '../system/git-folder.ts'
import { readSetting, readSettings, writeSetting } from '../system/git-settings.ts'
import type { World } from '../system/world.ts'
import { type Place, readRecord, writeRecord } from './setup-record.ts'

/** Days after which a trusted root that nobody refreshed decides nothing any more. */
const TRUST_MAX_AGE = '30'

/** The only keys that are written, whatever a record says. Settings are read by Git in lower case. */
const KEYS = { age: 'gitsigil.trustmaxage', seed: 'receive.certnonceseed' } as const

/**
 * Makes the settings that hooks of these names want and nobody made; gives a line for each.
 * @param inHook the configuration that they go by
 */
export async function makeSettings(
  world: World,
  inHook: Configured,
  names: readonly HookName[],
): Promise<readonly string[]> {
  const needsAge = names.some((name) => HOOKS[name].kind === 'refuse') && inHook.settings.trustMaxAge === undefined
  const isServer = names.some((name) => name === 'pre-receive' || name === 'update')
  // Without a seed Git offers pushers no nonce, and then no push can be signed.
  const needsSeed = isServer && (await readSetting(world, KEYS.seed)) === undefined
  const made = [
    ...(needsAge ? await make(world, KEYS.age, TRUST_MAX_AGE) : []),
    ...(needsSeed ? await make(world, KEYS.seed, toHex(randomBytes(32))) : []),
  ]
  return made.map((key) =>
    key === KEYS.age
      ? `gitsigil.trustMaxAge is ${TRUST_MAX_AGE}: a trusted root that was not refreshed for so many days decides nothing`
      : 'receive.certNonceSeed is a new secret: pushes can be signed (git push --signed)',
  )
}

/** Takes back what was made and has not been changed since. */
export async function undoSettings(world: World): Promise<void> {
  const place = await findPlace(world)
  const settings = await readSettings(world, 'local')
  const { changes } = planUndo(readRecord(place), (key) => settings.get(key) ?? [], Object.values(KEYS))
  for (const { key, after } of changes) await writeSetting(world, 'local', key, after)
  writeRecord(place, [])
}

async function make(world: World, key: string, value: string): Promise<readonly string[]> {
  const place = await findPlace(world)
  const before = (await readSettings(world, 'local')).get(key) ?? []
  const change: Change = { key, before, after: [value] }
  // The record first, as in setup: what stands in no record can never be taken back.
  writeRecord(place, recordChanges(readRecord(place), [change]))
  await writeSetting(world, 'local', key, [value])
  return [key]
}

async function findPlace(world: World): Promise<Place> {
  const folder = (await findGitFolder(world)) ?? world.cwd
  return { scope: 'local', folder, file: join(folder, 'gitsigil-hooks.json') }
}

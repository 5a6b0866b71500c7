// `version`: which program this is.
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'
import { VERSION } from '../version.ts'
import { type FlagTable, isSet, parseFlags } from './flags.ts'

export const VERSION_FLAGS: FlagTable = { json: { kind: 'switch', help: 'print one JSON document' } }

export async function versionCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, VERSION_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'version takes no operands')
  const document = { version: 1, name: 'gitsigil', release: VERSION }
  world.write(1, isSet(flags, 'json') ? `${JSON.stringify(document)}\n` : `${world.name} version ${VERSION}\n`)
  return 0
}

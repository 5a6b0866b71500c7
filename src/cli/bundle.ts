// `bundle export [REV]`: the signature of a Git object as a Sigstore bundle, and the artifact that it is over. `bundle
// import`: such a bundle as the block that Git stores. Neither vouches for anything: who reads the result verifies it.

import { parseBundle } from '../bundle/bundle.ts'
import { exportSignature, importSignature } from '../bundle/git.ts'
import { parseArmor } from '../cms/armor.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { readConfiguration } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { readBytes, resolvePath, writeBytes } from '../system/files.ts'
import { gitValue } from '../system/git-config.ts'
import type { World } from '../system/world.ts'
import { type FlagTable, flagValue, type ParsedFlags, parseFlags } from './flags.ts'
import { noSuchAction } from './misspelt.ts'
import { readSigned, splitProblem } from './signed-object.ts'

export const BUNDLE_FLAGS: FlagTable = {
  bundle: {
    kind: 'value',
    value: 'FILE',
    help: 'export: where to write the bundle (default: standard output); import: the bundle',
  },
  artifact: {
    kind: 'value',
    value: 'FILE',
    help: 'export: where to write the signed attributes that the bundle is over',
  },
}

export async function bundleCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, BUNDLE_FLAGS)
  const [action, ...operands] = flags.operands
  if (action === 'export') return await exportBundle(world, flags, operands)
  if (action === 'import') return importBundle(world, flags, operands)
  throw noSuchAction(world, 'bundle', action, ['export', 'import'])
}

async function exportBundle(world: World, flags: ParsedFlags, [rev = 'HEAD', ...more]: readonly string[]) {
  if (more.length > 0) throw new Fault('usage', 'one revision at a time')
  const { bundle, artifact } = exportSignature(await readSignature(world, rev))
  const bundlePath = flagValue(flags, 'bundle')
  const artifactPath = flagValue(flags, 'artifact')
  if (artifactPath !== undefined) writeBytes(resolvePath(artifactPath, world), artifact)
  else
    world.write(2, `${world.name}: hint: --artifact FILE writes the ${artifact.length} bytes that the bundle is over\n`)
  if (bundlePath !== undefined) writeBytes(resolvePath(bundlePath, world), bundle)
  else world.write(1, bundle)
  return 0
}

async function readSignature(world: World, rev: string) {
  const { git } = await readConfiguration(world)
  const signed = await readSigned(world, rev, gitValue(git, 'extensions.compatobjectformat') !== undefined)
  const problem = splitProblem(signed)
  const { signature } = signed.split
  if (problem !== undefined || signature === undefined) throw new Fault('parse', problem ?? 'not signed')
  return parseSignedData(parseArmor(signature))
}

function importBundle(world: World, flags: ParsedFlags, [path, ...more]: readonly string[]): number {
  const bundlePath = flagValue(flags, 'bundle')
  if (bundlePath === undefined || path === undefined || more.length > 0)
    throw new Fault('usage', 'expected --bundle FILE and the artifact')
  if (flagValue(flags, 'artifact') !== undefined) throw new Fault('usage', '--artifact is for export')
  const bundle = parseBundle(readBytes(resolvePath(bundlePath, world)))
  world.write(1, importSignature(bundle, readBytes(resolvePath(path, world))))
  return 0
}

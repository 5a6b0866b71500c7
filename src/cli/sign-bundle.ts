// `sign-bundle`: signs a file, or with --in-toto a statement as a DSSE envelope, into a Sigstore bundle. The arguments are
// those of Sigstore's conformance suite. What was made is verified before it is written.
import { readConfiguration } from '../compose/assessor.ts'
import { composeBundleAssessor } from '../compose/bundle.ts'
import { composeSigning } from '../compose/signer.ts'
import { Fault } from '../errors.ts'
import { signBundle, signStatement, subjectOf } from '../sign/bundle.ts'
import { readBytes, requireWritable, resolvePath, writeBytes } from '../system/files.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import type { Rejection } from '../verify/verdict.ts'
import { type FlagTable, flagValue, isSet, parseFlags } from './flags.ts'
import { SIGNING_FLAGS } from './option-flags.ts'

export const SIGN_BUNDLE_FLAGS: FlagTable = {
  bundle: { kind: 'value', value: 'FILE', help: 'where to write the bundle' },
  'in-toto': { kind: 'switch', help: 'the file is an in-toto statement: sign it as a DSSE envelope' },
  ...SIGNING_FLAGS,
}

const MAX_ARTIFACT = 1 << 30

export async function signBundleCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, SIGN_BUNDLE_FLAGS)
  const [operand, ...more] = flags.operands
  if (operand === undefined || more.length > 0) throw new Fault('usage', 'expected one file')
  const path = flagValue(flags, 'bundle')
  if (path === undefined) throw new Fault('usage', '--bundle is needed')
  const configured = await readConfiguration(world, flags.values)
  const artifact = readBytes(resolvePath(operand, world), MAX_ARTIFACT)
  const target = resolvePath(path, world)
  // A log entry stays for ever: none is made for a bundle that cannot be kept.
  requireWritable(target)
  const { ports, instance, notes } = await composeSigning(configured)
  for (const note of notes) world.write(2, `${world.name}: warning: ${escapeText(note)}\n`)
  const isStatement = isSet(flags, 'in-toto')
  const signed = await (isStatement ? signStatement : signBundle)(artifact, ports)
  const { assess } = await composeBundleAssessor(configured)
  const assessment = assess(signed.bundle, isStatement ? subjectOf(artifact) : artifact)
  // A bundle that does not verify here would verify nowhere.
  if (!assessment.ok) throw unverified(instance.name, assessment.rejection)
  writeBytes(target, signed.bundle)
  world.write(2, `tlog entry created with index: ${signed.entry.logIndex}\n`)
  return 0
}

function unverified(instance: string, { check, why }: Rejection): Fault {
  return new Fault('trust', `the new bundle does not verify under instance ${instance}: ${check}: ${why}`, {
    hint: 'are the services and the trusted root of the same instance, and is this clock right?',
  })
}

// `verify-bundle`: a Sigstore bundle over a file or a digest. The arguments are those of Sigstore's conformance suite.
// Status 0 accepted, and by whom it should be; 1 not; 2 where nobody said who that is; 3 where it could not be checked.
import { fromHex } from '../bytes.ts'
import { readConfiguration } from '../compose/assessor.ts'
import { type BundleAssessor, composeBundleAssessor, readKey } from '../compose/bundle.ts'
import { Fault } from '../errors.ts'
import type { Assessment } from '../report/assessment.ts'
import { acceptedBundleText, acceptedKeyText } from '../report/bundle-text.ts'
import { judgementText, rejectedText } from '../report/text.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import type { Artifact } from '../verify/bundle.ts'
import type { Hash } from '../x509/key.ts'
import { EXPECT_FLAGS, expectationOf } from './expect-flags.ts'
import { type FlagTable, flagValue, isSet, parseFlags } from './flags.ts'
import { OPTION_FLAGS } from './option-flags.ts'
import { tellStale } from './verify.ts'

export const VERIFY_BUNDLE_FLAGS: FlagTable = {
  bundle: { kind: 'value', value: 'FILE', help: 'the bundle' },
  key: { kind: 'value', value: 'FILE', help: 'PEM of the public key that signed, where no certificate did' },
  paranoid: { kind: 'switch', help: 'ask @sigstore/verify too, and accept only what both accept' },
  ...EXPECT_FLAGS,
  ...OPTION_FLAGS,
}

/** Largest file whose bytes are read at once; of a larger one the digest does. */
const MAX_ARTIFACT = 1 << 30
const DIGEST = /^(sha256|sha384|sha512):([0-9a-fA-F]+)$/
const LENGTHS: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 }

export async function verifyBundleCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, VERIFY_BUNDLE_FLAGS)
  const [operand, ...more] = flags.operands
  if (operand === undefined || more.length > 0) throw new Fault('usage', 'expected one file or digest')
  const path = flagValue(flags, 'bundle')
  if (path === undefined) throw new Fault('usage', '--bundle is needed')
  const expected = expectationOf(flags)
  const keyPath = flagValue(flags, 'key')
  if (keyPath !== undefined && expected !== undefined)
    throw new Fault('usage', '--key and the --certificate flags exclude each other')
  const artifact = readArtifact(world, operand)
  const isParanoid = isSet(flags, 'paranoid')
  // It would be silently our verdict alone.
  if (isParanoid && (keyPath !== undefined || !(artifact instanceof Uint8Array)))
    throw new Fault('usage', '--paranoid asks about the file itself, signed with a certificate')
  const configured = await readConfiguration(world, flags.values)
  const opinion = isParanoid ? (await import('../opinion/paranoid.ts')).withBundleOpinion : undefined
  const assessor = await composeBundleAssessor(configured, expected, opinion)
  await tellStale(world, assessor)
  const bundle = readBytes(resolvePath(path, world), MAX_ARTIFACT)
  if (keyPath !== undefined) return verifyByKey(world, assessor, bundle, artifact, keyPath)
  const isExpected = expected !== undefined || configured.settings.allow.length > 0
  return report(world, assessor.assess(bundle, artifact), isExpected)
}

/** A digest is written `sha256:HEX`; `./sha256:...` is a file. Throws `usage` for one of a wrong length. */
function readArtifact(world: World, operand: string): Artifact {
  const [, hash, hex] = DIGEST.exec(operand) ?? []
  if (hex === undefined) return readBytes(resolvePath(operand, world), MAX_ARTIFACT)
  const digest = hex.length % 2 === 0 ? fromHex(hex) : new Uint8Array()
  if (digest.length !== LENGTHS[hash as Hash]) throw new Fault('usage', `not a ${hash} digest: ${operand}`)
  return { hash: hash as Hash, digest }
}

function verifyByKey(world: World, assessor: BundleAssessor, bundle: Uint8Array, artifact: Artifact, path: string) {
  const verdict = assessor.verifyWithKey(bundle, artifact, readKey(resolvePath(path, world)))
  if (!verdict.ok) {
    world.write(2, rejectedText(world.name, verdict))
    return 1
  }
  world.write(1, acceptedKeyText(world.name, verdict, path))
  return 0
}

function report(world: World, assessment: Assessment, isExpected: boolean): number {
  if (!assessment.ok) {
    world.write(2, rejectedText(world.name, assessment))
    return 1
  }
  const { level } = assessment.judgement
  const isAllowed = level === 'allowed' || level === 'exempt'
  // The lines that say "good" reach stdout only where the signer is the one who was asked for.
  world.write(isAllowed ? 1 : 2, acceptedBundleText(world.name, assessment))
  if (isExpected || isAllowed) world.write(2, judgementText(world.name, assessment))
  else world.write(2, `${escapeText(`${world.name}: error: nobody said who should have signed`)}\n${hint(world)}`)
  return isAllowed ? 0 : isExpected ? 1 : 2
}

function hint(world: World): string {
  return `${world.name}: hint: give --certificate-identity and --certificate-oidc-issuer, or --key\n`
}

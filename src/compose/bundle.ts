// Configuration becomes what verifies bundles: loaded by those who do, and never where Git asks.
import { parseBundle } from '../bundle/bundle.ts'
import { Fault } from '../errors.ts'
import type { Expectation } from '../policy/expect.ts'
import type { Assessment } from '../report/assessment.ts'
import { readBytes } from '../system/files.ts'
import type { Instance } from '../trust/instance.ts'
import { type Artifact, verifyBundle, verifyBundleWithKey } from '../verify/bundle.ts'
import type { VerifyOptions } from '../verify/material.ts'
import type { KeyVerdict, Verdict } from '../verify/verdict.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type PublicKey, parsePublicKey } from '../x509/key.ts'
import { parsePem } from '../x509/pem.ts'
import { type Configured, composeTrust, judgeVerdict, verifyUnder } from './assessor.ts'
import { composeJudge } from './judge.ts'

export interface BundleAssessor {
  readonly instance: Instance
  assess(bundle: Uint8Array, artifact: Artifact): Assessment
  /** By a managed key, under the trust of the standard instance. */
  verifyWithKey(bundle: Uint8Array, artifact: Artifact, key: PublicKey): KeyVerdict
}

/** Our verdict and another verifier's: `verify-bundle --paranoid`. */
export type BundleOpinion = (
  verdict: Verdict,
  bundle: Uint8Array,
  artifact: Uint8Array,
  options: VerifyOptions,
) => Verdict

/**
 * @param expected instead of the allowed identities, what the flags of a command ask for
 * @param consider gives each verdict as it stands, unless a second opinion is asked for; it is not asked about a digest
 */
export async function composeBundleAssessor(
  configured: Configured,
  expected?: Expectation,
  consider: BundleOpinion = (verdict) => verdict,
): Promise<BundleAssessor> {
  const instances = composeTrust(configured)
  const { standard: instance } = instances
  const judge = await composeJudge(configured, instance.name, expected)
  return {
    instance,
    assess: (bundle, artifact) =>
      judgeVerdict(
        verifyUnder(instances, configured, {
          verify: (options) => {
            const verdict = verifyBundle(bundle, artifact, options)
            return artifact instanceof Uint8Array ? consider(verdict, bundle, artifact, options) : verdict
          },
          leaf: () => bundleLeaf(bundle),
        }),
        judge,
      ),
    verifyWithKey: (bundle, artifact, key) =>
      verifyBundleWithKey(bundle, artifact, key, { trust: instance.trust, now: configured.world.now() }),
  }
}

/** The one public key in a PEM file. Throws `config`, or `io` where it cannot be read. */
export function readKey(path: string): PublicKey {
  const text = new TextDecoder().decode(readBytes(path))
  try {
    const [der, ...more] = parsePem(text, 'PUBLIC KEY')
    if (more.length > 0) throw new Fault('parse', 'not one public key')
    return parsePublicKey(der)
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'parse') throw cause
    throw new Fault('config', `key ${path}: ${cause.message}`, { cause })
  }
}

export function bundleLeaf(bundle: Uint8Array): Certificate | undefined {
  try {
    const { signer } = parseBundle(bundle)
    return signer.kind === 'certificate' ? signer.leaf : undefined
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}

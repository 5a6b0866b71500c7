// Configuration becomes parts that work together. This file wires what verification needs, and nothing that signs or
// reaches a network: signer.ts does that, and is loaded by those who sign.

import { parseArmor } from '../cms/armor.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { type ConfigEntry, type Resolved, resolveSettings, type Source } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import type { Expectation } from '../policy/expect.ts'
import type { Assessment } from '../report/assessment.ts'
import { readGitConfig } from '../system/git-config.ts'
import type { World } from '../system/world.ts'
import { type Instances, loadInstances } from '../trust/choice-client.ts'
import type { Instance, NamedBy } from '../trust/instance.ts'
import type { OnlineCheck, VerifyOptions } from '../verify/material.ts'
import { isEvidenceMissing, type Verdict } from '../verify/verdict.ts'
import { verifySignature } from '../verify/verify.ts'
import type { Certificate } from '../x509/certificate.ts'
import { composeJudge, type Judge } from './judge.ts'

/** The configuration in force for one run. */
export interface Configured extends Resolved {
  readonly world: World
  readonly env: World['env']
  readonly git: readonly ConfigEntry[]
}

/** Verifies and judges signatures under the configured trust. */
export interface Assessor {
  /** The instance that identities without an instance's name belong to. */
  readonly instance: Instance
  /**
   * @param armored the SIGNED MESSAGE block and nothing else
   * @param online what was found for a signature without a log entry inside
   */
  assess(payload: Uint8Array, armored: Uint8Array, online?: OnlineCheck): Assessment
}

const NO_FLAGS: ReadonlyMap<string, readonly string[]> = new Map()

/** Reads Git's configuration by one child and resolves every option. Throws `config`, `usage` or `git`. */
export async function readConfiguration(world: World, flags = NO_FLAGS): Promise<Configured> {
  const git = await readGitConfig(world)
  return { ...resolveSettings({ flags, env: world.env, git, platform: world.platform }), world, env: world.env, git }
}

/** What of the evidence may be missing, because it is asked for elsewhere. */
export interface Leniency {
  /** See VerifyOptions. */
  readonly promiseSuffices?: boolean
}

/** What trust is found by: plain data, but for the clock. */
export interface TrustBasis extends Pick<Configured, 'sources'> {
  readonly settings: Configured['settings'] & Leniency
  readonly world: Pick<World, 'env' | 'cwd' | 'now'>
}

/** The trust that the configuration asks for, read from disk. Throws `config`, `io` or `trust`. */
export function composeTrust({ settings, sources, world }: TrustBasis): Instances {
  return loadInstances(
    {
      ...settings,
      namedBy: namedBy(sources.instance),
      fulcioRoot: settings.fulcioRoot ?? settings.rootFile,
      fulcioUrl: settings.fulcio,
      rekorUrl: settings.rekor,
    },
    world,
  )
}

/** What a verdict becomes when somebody else was asked too. */
export type SecondOpinion = (verdict: Verdict, armored: Uint8Array, options: VerifyOptions) => Verdict

/**
 * @param expected instead of the allowed identities, what the flags of a command ask for
 * @param consider gives each verdict as it stands, unless a second opinion is asked for
 */
export async function composeAssessor(
  configured: Configured,
  expected?: Expectation,
  consider?: SecondOpinion,
): Promise<Assessor> {
  const instances = composeTrust(configured)
  const instance = instances.standard
  const judgeSigner = await composeJudge(configured, instance.name, expected)
  return {
    instance,
    assess: (payload, armored, online) =>
      judgeVerdict(
        verifyArmored(instances, configured, {
          payload,
          armored,
          ...(consider && { consider }),
          ...(online && { online }),
        }),
        judgeSigner,
      ),
  }
}

interface Armored {
  readonly payload: Uint8Array
  readonly armored: Uint8Array
  readonly consider?: SecondOpinion
  readonly online?: OnlineCheck
}

/** The verdict on one Git signature, and the instance it was found under. */
export function verifyArmored(
  instances: Instances,
  basis: Pick<TrustBasis, 'settings' | 'world'>,
  { payload, armored, consider = (verdict) => verdict, online }: Armored,
): UnderInstance {
  return verifyUnder(instances, basis, {
    verify: (given) => {
      const options = online === undefined ? given : { ...given, online }
      return consider(verifySignature(payload, armored, options), armored, options)
    },
    leaf: () => readLeaf(armored),
  })
}

/** What is verified: under which trust, is found by the certificate where it can be read. */
export interface Question {
  verify(options: VerifyOptions): Verdict
  leaf(): Certificate | undefined
}

export function judgeVerdict({ verdict, name }: UnderInstance, judgeSigner: Judge): Assessment {
  if (verdict.ok) return { ok: true, verdict, judgement: judgeSigner(verdict.signer, name) }
  return { ok: false, rejection: verdict.rejection }
}

export interface UnderInstance {
  readonly verdict: Verdict
  readonly name: string
}

/** What a verdict under an instance depends on. */
export function optionsUnder(
  { trust }: Instance,
  { settings, world }: Pick<TrustBasis, 'settings' | 'world'>,
): VerifyOptions {
  const { insecureIgnoreSCT: ignoreSct, promiseSuffices = false } = settings
  return { trust, now: world.now(), ignoreSct, promiseSuffices }
}

/**
 * The verdict under the standard instance, or under another one whose CA issued the certificate.
 * @param known the verdict under the standard instance, where it is known already
 */
export function verifyUnder(
  instances: Instances,
  { settings, world }: Pick<TrustBasis, 'settings' | 'world'>,
  { verify, leaf: findLeaf }: Question,
  known?: Verdict,
): UnderInstance {
  const basis = { settings, world }
  const under = (instance: Instance) => ({ verdict: verify(optionsUnder(instance, basis)), name: instance.name })
  const first = known === undefined ? under(instances.standard) : { verdict: known, name: instances.standard.name }
  if (first.verdict.ok || !isEvidenceMissing(first.verdict.rejection)) return first
  const leaf = findLeaf()
  const other = leaf && instances.findOther(leaf)
  return other === undefined ? first : under(other)
}

/** The certificate that a signature says it is by; undefined where it cannot be read. */
export function readLeaf(armored: Uint8Array): Certificate | undefined {
  try {
    return parseSignedData(parseArmor(armored)).signer
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}

function namedBy(source: Source): NamedBy {
  if (source.from !== 'git config') return source.from
  // An unknown scope has the least say.
  return source.scope === 'unknown' ? 'system' : source.scope
}

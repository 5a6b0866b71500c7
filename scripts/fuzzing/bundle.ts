// Bundles as the fuzzer has them: those of every input that has one and of the conformance suite, where that is beside the
// checkout; how one is mutated, and the verdict on it.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bundle, parseBundle } from '../../src/bundle/bundle.ts'
import { exportSignature } from '../../src/bundle/git.ts'
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData } from '../../src/cms/signed-data.ts'
import { Fault } from '../../src/errors.ts'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { type Artifact, verifyBundle, verifyBundleWithKey } from '../../src/verify/bundle.ts'
import type { VerifyOptions } from '../../src/verify/material.ts'
import type { KeyVerdict, Verdict } from '../../src/verify/verdict.ts'
import { type PublicKey, parsePublicKey } from '../../src/x509/key.ts'
import { parsePem } from '../../src/x509/pem.ts'
import { editBytes } from './edit.ts'
import { editJson } from './json.ts'
import { NOW, type ObjectInput, splitInput } from './object.ts'
import type { Random } from './random.ts'

export interface BundleInput {
  readonly name: string
  readonly kind: 'bundle'
  readonly bytes: Uint8Array
  readonly artifact: Artifact
  /** The managed key, where no certificate signed. */
  readonly key?: PublicKey
  readonly options: VerifyOptions
}

export interface AcceptedBundle {
  readonly form: 'bundle'
  readonly input: BundleInput
  readonly bundle: Bundle
  readonly verdict: Extract<Verdict | KeyVerdict, { readonly ok: true }>
}

export const BUNDLE_MUTATIONS = ['bundle bytes', 'bundle members', 'bundle fields', 'bundle member of another'] as const
export type BundleMutation = (typeof BUNDLE_MUTATIONS)[number]

/** Of the objects that can be written as one, good and bad; and the conformance cases under `conformance`. */
export function readBundles(objects: readonly ObjectInput[], conformance: string): readonly BundleInput[] {
  const names = existsSync(conformance) ? readdirSync(conformance, { withFileTypes: true }) : []
  const cases = names.filter((each) => each.isDirectory()).map(({ name }) => name)
  return [...objects.flatMap(exported), ...cases.sort().flatMap((name) => readCase(join(conformance, name), name))]
}

/** As `verify-bundle` judges it. Whatever this throws is a finding. */
export function judgeBundle(input: BundleInput) {
  const { bytes, artifact, key, options } = input
  const verdict =
    key === undefined ? verifyBundle(bytes, artifact, options) : verifyBundleWithKey(bytes, artifact, key, options)
  if (!verdict.ok) return { ok: false, check: verdict.rejection.check, why: verdict.rejection.why } as const
  const accepted: AcceptedBundle = { form: 'bundle', input, bundle: parseBundle(bytes), verdict }
  return { ok: true, accepted } as const
}

export function mutateBundle(mutation: BundleMutation, bytes: Uint8Array, random: Random, donor: Uint8Array) {
  if (mutation === 'bundle bytes') return editBytes(bytes, random, donor)
  if (mutation === 'bundle member of another') return editJson(bytes, random, donor, 'donor')
  return editJson(bytes, random, donor, mutation === 'bundle fields' ? 'fields' : 'members')
}

function exported(input: ObjectInput): readonly BundleInput[] {
  const { signature } = splitInput(input)
  try {
    const { bundle, artifact } = exportSignature(parseSignedData(parseArmor(signature ?? new Uint8Array())))
    return [{ name: `${input.name} as a bundle`, kind: 'bundle', bytes: bundle, artifact, options: input.options }]
  } catch (thrown) {
    if (thrown instanceof Fault) return []
    throw thrown
  }
}

/** By path and by digest. A case whose key is none is no bundle's slip. */
function readCase(folder: string, name: string): readonly BundleInput[] {
  const find = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file)) : undefined)
  const root = find('trusted_root.json')
  const trust = root === undefined ? publicGoodRoot() : parseTrustedRoot(root)
  const key = readKey(find('key.pub')?.toString())
  if (key === 'none') return []
  const content = find('artifact') ?? readFileSync(join(folder, '../a.txt'))
  const digest = { hash: 'sha256', digest: createHash('sha256').update(content).digest() } as const
  const bytes = readFileSync(join(folder, 'bundle.sigstore.json'))
  return [content, digest].map((artifact) => ({
    name: `${name} by ${artifact === digest ? 'digest' : 'path'}`,
    kind: 'bundle',
    bytes,
    artifact,
    ...(key === undefined ? {} : { key }),
    options: { trust, now: NOW },
  }))
}

function readKey(pem: string | undefined): PublicKey | 'none' | undefined {
  try {
    const [der] = pem === undefined ? [] : parsePem(pem, 'PUBLIC KEY')
    return der && parsePublicKey(der)
  } catch {
    return 'none'
  }
}

// A second opinion: @sigstore/verify on bundles made from our signatures, and from every real one.
import { bundleFromJSON } from '@sigstore/bundle'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BundleJson, bundleOf } from '../support/bundle.ts'
import { readEmbedded } from '../support/entries.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { hasShared, readShared } from '../support/shared.ts'
import { EMAIL, KINDS, type Kind, signOn } from './signed.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

function verifierOf(trustedRoot: Uint8Array): Verifier {
  return new Verifier(toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(new TextDecoder().decode(trustedRoot)))))
}

/** The signer's name; throws where the library refuses. */
function verify(verifier: Verifier, bundle: BundleJson, artifact: Uint8Array): string | undefined {
  const entity = toSignedEntity(bundleFromJSON(bundle), Buffer.from(artifact))
  return verifier.verify(entity).identity?.subjectAlternativeName
}

describe.each(KINDS)('the bundle of a signature with $name', (kind) => {
  test('is accepted under the sandbox’s trusted root, with the signer’s name', async () => {
    const { data } = await signOn(sandbox, kind)
    expect(verify(verifierOf(sandbox.trustedRoot), bundleOf(data), data.signedAttributes)).toBe(EMAIL)
  })

  test.each(fieldsOf(kind))('is refused with a bit of its %s changed', async (_, path, why) => {
    const { data } = await signOn(sandbox, kind)
    const bundle = flipBit(bundleOf(data), path)
    expect(() => verify(verifierOf(sandbox.trustedRoot), bundle, data.signedAttributes)).toThrow(why)
  })

  test('is refused over another artifact', async () => {
    const { data } = await signOn(sandbox, kind)
    const other = Buffer.concat([data.signedAttributes, Buffer.alloc(1)])
    expect(() => verify(verifierOf(sandbox.trustedRoot), bundleOf(data), other)).toThrow(
      'signature verification failed',
    )
  })

  test('is refused under the trusted root of another sandbox', async () => {
    const { data } = await signOn(sandbox, kind)
    const other = await startTestSandbox()
    await other.close()
    expect(() => verify(verifierOf(other.trustedRoot), bundleOf(data), data.signedAttributes)).toThrow()
  })
})

const ENTRY = 'verificationMaterial.tlogEntries.0'
const STAMP = 'verificationMaterial.timestampVerificationData.rfc3161Timestamps.0'

/** Where a changed bit must be found out, and what the library says of it. Its `rootHash` is none: it is never read. */
function fieldsOf({ version, withTimestamp }: Kind): readonly (readonly [name: string, path: string, why: RegExp])[] {
  return [
    ['certificate', 'verificationMaterial.certificate.rawBytes', /certificate|trusted/],
    ['signature', 'messageSignature.signature', withTimestamp ? /timestamp/ : /signature mismatch/],
    ['body', `${ENTRY}.canonicalizedBody`, /inclusion p/],
    ...(version === 1 ? ([['promise', `${ENTRY}.inclusionPromise.signedEntryTimestamp`, /promise/]] as const) : []),
    ...(withTimestamp ? ([['timestamp', `${STAMP}.signedTimestamp`, /timestamp could not be verified/]] as const) : []),
  ]
}

/** With the last bit changed of the base64 field at `path`. In an ECDSA signature it belongs to s. */
function flipBit(bundle: BundleJson, path: string): BundleJson {
  const value = path.split('.').reduce<unknown>((node, name) => Object(node)[name], bundle)
  return JSON.parse(JSON.stringify(bundle).replace(`"${value}"`, `"${flipText(String(value))}"`))
}

function flipText(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  return bytes.fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1).toString('base64')
}

describe.skipIf(!hasShared)('the corpus', () => {
  test('is judged alike: all 123 with an embedded entry are accepted, by the same signers', () => {
    const verifier = verifierOf(readShared('corpus/trusted_root.json'))
    const embedded = readEmbedded()
    expect(embedded).toHaveLength(123)
    const differences = embedded.flatMap(({ record, signed }) => {
      const opinion = opinionOn(() => verify(verifier, bundleOf(signed), signed.signedAttributes))
      return opinion === record.identity ? [] : [`${record.oid} ${record.identity}: ${opinion}`]
    })
    expect(differences).toEqual([])
  })
})

function opinionOn(verification: () => string | undefined): string | undefined {
  try {
    return verification()
  } catch (thrown) {
    return String(thrown)
  }
}

// Trusted roots of the vectors, as trusted_root.json documents.
import { toBase64 } from '../../src/bytes.ts'
import type { Issuer } from './certificate.ts'
import { CA_WINDOW, type Instance, VECTORS } from './instance.ts'
import type { ForgeKey } from './key.ts'
import type { Log } from './log.ts'
import { ctLogId } from './sct.ts'

interface Range {
  readonly start: number
  readonly end?: number
}

type Document = Readonly<Record<string, unknown>>

export interface RootDocument {
  readonly mediaType: string
  readonly tlogs: readonly Document[]
  readonly certificateAuthorities: readonly Document[]
  readonly ctlogs: readonly Document[]
  readonly timestampAuthorities: readonly Document[]
}

const OPEN: Range = { start: CA_WINDOW.start }

/** The root that lists all of an instance, changed where a vector needs it. */
export function makeTrustedRoot(changes: Partial<RootDocument> = {}, instance: Instance = VECTORS): RootDocument {
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [listLog(instance.rekor1), listLog(instance.rekor2)],
    certificateAuthorities: [listFulcio(instance)],
    ctlogs: [listCtLog(instance)],
    timestampAuthorities: [listTsa(instance)],
    ...changes,
  }
}

export function listLog(log: Log, validFor: Range = OPEN): Document {
  return describeLog(`https://${log.host}`, log.key, log.id, validFor)
}

export function listCtLog({ name, ct }: Instance, validFor: Range = OPEN): Document {
  return describeLog(`https://ctfe.${name}.example/2026`, ct, ctLogId(ct), validFor)
}

export function listFulcio(
  instance: Instance,
  validFor: Range = OPEN,
  chain: readonly Issuer[] = [instance.intermediate, instance.root],
): Document {
  return describeAuthority(`https://fulcio.${instance.name}.example`, chain, validFor)
}

export function listTsa(
  instance: Instance,
  validFor: Range = OPEN,
  chain: readonly Issuer[] = [instance.tsa, instance.tsaRoot],
): Document {
  return describeAuthority(`https://timestamp.${instance.name}.example/api/v1/timestamp`, chain, validFor)
}

function describeLog(baseUrl: string, key: ForgeKey, id: Uint8Array, validFor: Range): Document {
  const keyDetails = key.kind === 'Ed25519' ? 'PKIX_ED25519' : 'PKIX_ECDSA_P256_SHA_256'
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: toBase64(key.spki), keyDetails, validFor: describeRange(validFor) },
    logId: { keyId: toBase64(id) },
  }
}

function describeAuthority(uri: string, chain: readonly Issuer[], validFor: Range): Document {
  const certificates = chain.map(({ certificate }) => ({ rawBytes: toBase64(certificate) }))
  return { subject: {}, uri, certChain: { certificates }, validFor: describeRange(validFor) }
}

function describeRange({ start, end }: Range): Document {
  const text = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z')
  return { start: text(start), ...(end === undefined ? {} : { end: text(end) }) }
}

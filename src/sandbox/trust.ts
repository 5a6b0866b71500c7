// What a client must be given to use the sandbox: trusted_root.json, the signing config (v0.2), and both in one
// ClientTrustConfig, as sigstore's protobuf-specs write them in JSON. Made from the keys and URLs alone, so that the same
// state directory on the same ports gives the same bytes.
import { type KeyObject, X509Certificate } from 'node:crypto'
import { encodeUtf8, toBase64 } from '../bytes.ts'
import { type Authority, openFulcioAuthority, openTimestampAuthority } from './authority.ts'
import { publicKeyOf } from './certificate.ts'
import { ctLogId } from './ct.ts'
import { ORGANISATION } from './notice.ts'
import { rekor1LogId } from './rekor1.ts'
import { rekor2LogId } from './rekor2.ts'
import type { ServiceName } from './service.ts'
import type { State } from './state.ts'

export type Urls = Readonly<Record<ServiceName, string>>

export interface SandboxTrust {
  /** trusted_root.json. */
  readonly trustedRoot: Uint8Array
  /** signing_config.json, v0.2: Rekor v2 and v1, Fulcio, the issuer and the timestamp authority. */
  readonly signingConfig: Uint8Array
  /** For `sigstore --trust-config`. */
  readonly clientTrustConfig: Uint8Array
}

/** Makes the files' bytes, and writes them into the state directory where they changed. */
export async function openTrust(state: State, urls: Urls, now: number): Promise<SandboxTrust> {
  const root = await describeTrustedRoot(state, urls, now)
  const config = describeSigningConfig(urls, root.start)
  const trust = {
    trustedRoot: encodeJson(root.document),
    signingConfig: encodeJson(config),
    clientTrustConfig: encodeJson({
      mediaType: 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json',
      trustedRoot: root.document,
      signingConfig: config,
    }),
  }
  await state.write('trusted_root.json', trust.trustedRoot)
  await state.write('signing_config.json', trust.signingConfig)
  await state.write('client_trust_config.json', trust.clientTrustConfig)
  return trust
}

type Document = Readonly<Record<string, unknown>>

interface DescribedRoot {
  readonly document: Document
  /** RFC 3339: when the sandbox was made, less a day. */
  readonly start: string
}

async function describeTrustedRoot(state: State, urls: Urls, now: number): Promise<DescribedRoot> {
  const fulcio = await openFulcioAuthority(state, now)
  const tsa = await openTimestampAuthority(state, now)
  const [ct, rekor1, rekor2] = await Promise.all([
    state.key('ct', 'p256'),
    state.key('rekor1', 'p256'),
    state.key('rekor2', 'ed25519'),
  ])
  const start = startOf(fulcio)
  const document = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      describeLog(urls.rekor1, rekor1, rekor1LogId(rekor1), start),
      describeLog(urls.rekor2, rekor2, rekor2LogId(rekor2), start),
    ],
    certificateAuthorities: [describeAuthority(urls.fulcio, 'sandbox-fulcio-root', fulcio)],
    ctlogs: [describeLog(urls.ct, ct, ctLogId(ct), start)],
    timestampAuthorities: [describeAuthority(timestampUrl(urls), 'sandbox-tsa-root', tsa)],
  }
  return { document, start }
}

function describeLog(baseUrl: string, key: KeyObject, id: Uint8Array, start: string): Document {
  const keyDetails = key.asymmetricKeyType === 'ed25519' ? 'PKIX_ED25519' : 'PKIX_ECDSA_P256_SHA_256'
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: toBase64(publicKeyOf(key)), keyDetails, validFor: { start } },
    logId: { keyId: toBase64(id) },
    operator: ORGANISATION,
  }
}

function describeAuthority(uri: string, commonName: string, authority: Authority): Document {
  return {
    subject: { organization: ORGANISATION, commonName },
    uri,
    certChain: { certificates: authority.chain.map((certificate) => ({ rawBytes: toBase64(certificate) })) },
    validFor: { start: startOf(authority) },
    operator: ORGANISATION,
  }
}

function describeSigningConfig(urls: Urls, start: string): Document {
  const offer = (url: string, majorApiVersion: number): Document => {
    return { url, majorApiVersion, validFor: { start }, operator: ORGANISATION }
  }
  return {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [offer(urls.fulcio, 1)],
    oidcUrls: [offer(urls.issuer, 1)],
    rekorTlogUrls: [offer(urls.rekor2, 2), offer(urls.rekor1, 1)],
    tsaUrls: [offer(timestampUrl(urls), 1)],
    rekorTlogConfig: { selector: 'ANY' },
    tsaConfig: { selector: 'ANY' },
  }
}

/** The full endpoint, as signing configs name timestamp authorities. */
function timestampUrl(urls: Urls): string {
  return `${urls.tsa}/api/v1/timestamp`
}

/** When the authority's last certificate began to be valid. */
function startOf({ chain }: Authority): string {
  const times = chain.map((certificate) => new X509Certificate(certificate).validFromDate.getTime())
  return new Date(Math.max(...times)).toISOString().replace('.000Z', 'Z')
}

function encodeJson(document: Document): Uint8Array {
  return encodeUtf8(`${JSON.stringify(document, null, 2)}\n`)
}

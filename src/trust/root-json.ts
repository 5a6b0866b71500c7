// trusted_root.json read into a TrustedRoot. Keys and certificates are parsed on first use, once: a verification touches
// two or three of them. Logs whose key we cannot use are left out; a log without a start is refused.
import { hash } from 'node:crypto'
import { Fault, malformed } from '../errors.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { type PublicKey, parsePublicKey } from '../x509/key.ts'
import {
  bytesOf,
  type JsonObject,
  objectOf,
  objectsOf,
  optionalText,
  optionalWindow,
  parseDocument,
  textOf,
} from './json.ts'
import type { CertificateAuthority, LogAuthority, TrustedRoot } from './root.ts'

const WHAT = 'trusted root'
const MEDIA_TYPES: readonly string[] = [
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot.v0.1+json',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
]
/** keyDetails of the keys that x509/key.ts reads; others (PKCS #1, PSS, prehashed Ed25519) are not in use by logs. */
const KEYS: ReadonlySet<string> = new Set([
  'PKIX_ECDSA_P256_SHA_256',
  'PKIX_ECDSA_P384_SHA_384',
  'PKIX_ECDSA_P521_SHA_512',
  'PKIX_RSA_PKCS1V15_2048_SHA256',
  'PKIX_RSA_PKCS1V15_3072_SHA256',
  'PKIX_RSA_PKCS1V15_4096_SHA256',
  'PKIX_ED25519',
])

/**
 * Reads a trusted root. The caller vouches for the bytes: nothing here says that they are the right ones.
 * Throws `parse` for what is malformed; a key or certificate that is malformed throws `trust` when it is first used.
 */
export function parseTrustedRoot(bytes: Uint8Array): TrustedRoot {
  const root = parseDocument(bytes, WHAT)
  if (!MEDIA_TYPES.includes(textOf(root, 'mediaType'))) throw malformed(WHAT, 'unknown media type')
  return {
    logs: objectsOf(root, 'tlogs').filter(isUsable).map(parseLog),
    ctLogs: objectsOf(root, 'ctlogs').filter(isUsable).map(parseLog),
    authorities: objectsOf(root, 'certificateAuthorities').map(parseAuthority),
    timestampAuthorities: objectsOf(root, 'timestampAuthorities').map(parseAuthority),
    digest: hash('sha256', bytes, 'hex'),
  }
}

function isUsable(log: JsonObject): boolean {
  const digest = optionalText(log, 'hashAlgorithm') ?? 'SHA2_256'
  return digest === 'SHA2_256' && KEYS.has(optionalText(objectOf(log, 'publicKey'), 'keyDetails') ?? '')
}

function parseLog(log: JsonObject): LogAuthority {
  const publicKey = objectOf(log, 'publicKey')
  const baseUrl = textOf(log, 'baseUrl')
  const spki = bytesOf(publicKey, 'rawBytes')
  const id = bytesOf(objectOf(log, 'logId'), 'keyId')
  if (id.length !== 32) throw malformed(log.what, 'the log id has not 32 bytes')
  const { start, end } = optionalWindow(publicKey, 'validFor') ?? {}
  // Without a start the key would vouch for any time before the log was there.
  if (start === undefined) throw malformed(log.what, 'the key has no start of validity')
  const key = once(() => readTrusted(`key of ${baseUrl}`, () => parsePublicKey(spki)))
  return {
    baseUrl,
    host: hostOf(log, baseUrl),
    id,
    get key(): PublicKey {
      return key()
    },
    validFor: end === undefined ? { start } : { start, end },
    ...operatorOf(log),
  }
}

function parseAuthority(authority: JsonObject): CertificateAuthority {
  const uri = optionalText(authority, 'uri') ?? ''
  const ders = objectsOf(objectOf(authority, 'certChain'), 'certificates').map((item) => bytesOf(item, 'rawBytes'))
  if (ders.length === 0) throw malformed(authority.what, 'the certificate chain is empty')
  const { start, end } = optionalWindow(authority, 'validFor') ?? {}
  const chain = once(() => readTrusted(`certificate of ${uri}`, () => ders.map(parseCertificate)))
  return {
    uri,
    get chain(): readonly Certificate[] {
      return chain()
    },
    // Its certificates bound an authority that names no start.
    validFor: { start: start ?? 0, ...(end === undefined ? {} : { end }) },
    ...operatorOf(authority),
  }
}

function hostOf(log: JsonObject, url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  if (host === '') throw malformed(log.what, 'baseUrl is not a URL')
  return host
}

function operatorOf(object: JsonObject): { readonly operator?: string } {
  const operator = optionalText(object, 'operator')
  return operator === undefined ? {} : { operator }
}

/** The first call computes; later ones give the same value. */
function once<Value>(compute: () => Value): () => Value {
  let kept: { readonly value: Value } | undefined
  return () => {
    kept ??= { value: compute() }
    return kept.value
  }
}

/** A bad key in the root is the root's fault, never a reason to call a signature bad. */
function readTrusted<Value>(what: string, read: () => Value): Value {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    throw new Fault('trust', `the trusted root's ${what} cannot be read: ${thrown.message}`, { cause: thrown })
  }
}

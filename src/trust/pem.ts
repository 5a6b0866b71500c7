// Trust as gitsign's variables give it: PEM files for the CA, the Rekor and CT log keys and the timestamp authority, each
// in the place of that part of the trusted root. They carry no validity window, so theirs is open at both ends.
import { createHash } from 'node:crypto'
import { concatBytes, decodeUtf8, encodeUtf8, toHex } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { type PublicKey, parsePublicKey } from '../x509/key.ts'
import { parsePem } from '../x509/pem.ts'
import { namesIssuer } from './instance.ts'
import type { CertificateAuthority, LogAuthority, TrustedRoot } from './root.ts'

/** A PEM file that was read, with the option and path that named it for messages. */
export interface PemFile {
  readonly source: string
  readonly bytes: Uint8Array
}

export interface PemFiles {
  /** fulcioRoot, SIGSTORE_ROOT_FILE: roots and intermediates in any order. */
  readonly fulcioRoot?: PemFile
  /** SIGSTORE_REKOR_PUBLIC_KEY. */
  readonly rekorPublicKey?: PemFile
  /** SIGSTORE_CT_LOG_PUBLIC_KEY_FILE. */
  readonly ctLogPublicKey?: PemFile
  /** timestampCertChain: the authority's certificate, where it is there, up to the root. */
  readonly timestampCertChain?: PemFile
}

const ALWAYS = { start: 0 } as const
/** Most certificates or keys that one file may hold. */
const MAX_BLOCKS = 32

/**
 * Puts what the files hold in the place of those parts of `base`. Throws `config` for a file that holds nothing usable.
 * @param urls the services that the keys and certificates are taken to belong to
 */
export function applyPem(
  base: TrustedRoot,
  files: PemFiles,
  urls: { readonly fulcio: string; readonly rekor: string },
): TrustedRoot {
  const { fulcioRoot, rekorPublicKey, ctLogPublicKey, timestampCertChain } = files
  return {
    logs: rekorPublicKey === undefined ? base.logs : logsOf(rekorPublicKey, urls.rekor),
    ctLogs: ctLogPublicKey === undefined ? base.ctLogs : logsOf(ctLogPublicKey, ''),
    authorities: fulcioRoot === undefined ? base.authorities : authoritiesOf(fulcioRoot, urls.fulcio, true),
    timestampAuthorities:
      timestampCertChain === undefined ? base.timestampAuthorities : authoritiesOf(timestampCertChain, '', false),
    digest: digestOf(base, files),
  }
}

function logsOf(file: PemFile, baseUrl: string): readonly LogAuthority[] {
  const host = baseUrl === '' ? '' : new URL(baseUrl).hostname
  return blocks(file, 'PUBLIC KEY', parsePublicKey).flatMap((key) =>
    logIds(key, host).map((id) => ({ baseUrl, host, id, key, validFor: ALWAYS })),
  )
}

// A file does not say whether an Ed25519 key is a Rekor v1 or v2 log's, so the log may go by either id.
function logIds(key: PublicKey, host: string): readonly Uint8Array[] {
  const ids = [sha256(key.spki)]
  return key.algorithm === 'Ed25519'
    ? [...ids, sha256(concatBytes(encodeUtf8(`${host}\n\x01`), key.spki.subarray(-32)))]
    : ids
}

// One authority for each certificate that may issue leaves: for a CA any of them, for timestamps the end of the chain.
function authoritiesOf(file: PemFile, uri: string, any: boolean): readonly CertificateAuthority[] {
  const certificates = blocks(file, 'CERTIFICATE', parseCertificate)
  const ends = any
    ? certificates
    : certificates.filter((end) => !certificates.some((child) => child !== end && namesIssuer(child, end)))
  const authorities = ends.flatMap((end) => {
    const chain = chainOf(end, certificates)
    return chain === undefined ? [] : [{ uri: uri || file.source, chain, validFor: ALWAYS }]
  })
  if (authorities.length === 0) throw new Fault('config', `${file.source}: no chain up to a self-signed root`)
  return authorities
}

function chainOf(end: Certificate, certificates: readonly Certificate[]): readonly Certificate[] | undefined {
  const chain = [end]
  for (let last = end; !namesIssuer(last, last); ) {
    const next = certificates.find((issuer) => !chain.includes(issuer) && namesIssuer(last, issuer))
    if (next === undefined) return undefined
    chain.push(next)
    last = next
  }
  return chain
}

function blocks<T>(file: PemFile, label: string, parse: (der: Uint8Array) => T): readonly T[] {
  try {
    const found = parsePem(decodeUtf8(file.bytes), label)
    if (found.length <= MAX_BLOCKS) return found.map((der) => parse(der))
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Fault('config', `${file.source}: ${cause.message}`, { cause })
  }
  throw new Fault('config', `${file.source}: expected 1 to ${MAX_BLOCKS} PEM blocks of type ${label}`)
}

function digestOf(base: TrustedRoot, files: PemFiles): string {
  const parts = [files.fulcioRoot, files.rekorPublicKey, files.ctLogPublicKey, files.timestampCertChain]
  const digests = parts.map((file) => (file === undefined ? '-' : toHex(sha256(file.bytes))))
  return toHex(sha256(encodeUtf8([base.digest, ...digests].join('\n'))))
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

// Real log entries for tests of rekor/, tsa/ and trust/: the corpus's embedded ones and the conformance bundles'.
import { existsSync, readdirSync } from 'node:fs'
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts'
import { type LogEntry, parseLogEntry } from '../../src/rekor/entry.ts'
import { logEntryFromJson } from '../../src/rekor/entry-json.ts'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import type { TrustedRoot } from '../../src/trust/root.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { type CorpusRecord, hasShared, readCorpus, readCorpusObject, readShared, sharedPath } from './shared.ts'

export interface EmbeddedEntry {
  readonly record: CorpusRecord
  readonly signed: SignedData
  /** The protobuf bytes. */
  readonly bytes: Uint8Array
  readonly entry: LogEntry
}

/** Every good corpus object with an embedded entry. */
export function readEmbedded(): readonly EmbeddedEntry[] {
  return readCorpus()
    .filter((record) => record.log === 'embedded' && record.gitsign === 'good')
    .map((record) => {
      const signed = parseSignedData(signatureOf(readCorpusObject(record)))
      const bytes = signed.logEntry
      if (bytes === undefined) throw new Error(`${record.oid} has no log entry`)
      return { record, signed, bytes, entry: parseLogEntry(bytes) }
    })
}

function signatureOf(object: Uint8Array): Uint8Array {
  const text = Buffer.from(object).toString('latin1')
  const body = /-----BEGIN SIGNED MESSAGE-----([^-]*)-----END SIGNED MESSAGE-----/.exec(text)?.[1]
  if (body === undefined) throw new Error('no signature')
  return Buffer.from(body.replace(/\s/g, ''), 'base64')
}

export interface BundleCase {
  readonly name: string
  readonly json: {
    readonly messageSignature: { readonly messageDigest: { readonly digest: string }; readonly signature: string }
    readonly dsseEnvelope?: {
      readonly payload: string
      readonly payloadType: string
      readonly signatures: readonly [{ readonly sig: string }]
    }
    readonly verificationMaterial: {
      readonly certificate?: { readonly rawBytes: string }
      readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] }
      readonly tlogEntries: readonly [Readonly<Record<string, unknown>>]
      readonly timestampVerificationData?: {
        readonly rfc3161Timestamps?: readonly { readonly signedTimestamp: string }[]
      }
    }
  }
  readonly entry: LogEntry
  /** Absent where the case has an empty chain or a bare key. */
  readonly certificate: Certificate | undefined
  readonly signature: Uint8Array
  /** TimeStampResp bytes, as bundles hold them. */
  readonly timestamps: readonly Uint8Array[]
  readonly trust: TrustedRoot
}

export function readBundle(name: string): BundleCase {
  const folder = `conformance/${name}`
  const json = JSON.parse(new TextDecoder().decode(readShared(`${folder}/bundle.sigstore.json`))) as BundleCase['json']
  const material = json.verificationMaterial
  const leaf = material.certificate ?? material.x509CertificateChain?.certificates[0]
  const signature = json.messageSignature?.signature ?? json.dsseEnvelope?.signatures[0].sig ?? ''
  return {
    name,
    json,
    entry: logEntryFromJson(material.tlogEntries[0]),
    certificate: leaf && parseCertificate(Buffer.from(leaf.rawBytes, 'base64')),
    signature: Buffer.from(signature, 'base64'),
    timestamps: (material.timestampVerificationData?.rfc3161Timestamps ?? []).map((stamp) =>
      Buffer.from(stamp.signedTimestamp, 'base64'),
    ),
    trust: readTrust(folder),
  }
}

function readTrust(folder: string): TrustedRoot {
  const path = `${folder}/trusted_root.json`
  return existsSync(sharedPath(path)) ? parseTrustedRoot(readShared(path)) : publicGoodRoot()
}

export function bundleNames(): readonly string[] {
  if (!hasShared) return []
  const entries = readdirSync(sharedPath('conformance'), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

// Sigstore instances of the vectors: CA, CT log, two Rekor logs and a timestamp authority, each from the instance's name.
import { encodeUtf8 } from '../../src/bytes.ts'
import {
  CERT_SIGN,
  type CertificateDraft,
  type Change,
  caConstraint,
  DIGITAL_SIGNATURE,
  draftCertificate,
  encodeCertificate,
  encodeName,
  type Issuer,
  keyIds,
  OID,
  purposes,
  same,
} from './certificate.ts'
import { type CurveKind, curveKey, ed25519Key, type ForgeKey } from './key.ts'
import { type Log, makeLog } from './log.ts'

export interface Instance {
  readonly name: string
  /** The CA that issues, and the root that issued it. */
  readonly intermediate: Issuer
  readonly root: Issuer
  readonly ct: ForgeKey
  readonly rekor1: Log
  readonly rekor2: Log
  readonly tsa: Issuer
  readonly tsaRoot: Issuer
}

/** What is other than usual in an instance's certificates; its keys stay the same. */
interface InstanceChanges {
  readonly root?: Change<CertificateDraft>
  readonly intermediate?: Change<CertificateDraft>
  readonly tsa?: Change<CertificateDraft>
  readonly tsaRoot?: Change<CertificateDraft>
}

/** When all signatures are made, unless a vector is about time. */
export const SIGNED_AT = Date.parse('2026-06-01T12:00:00Z')
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const CA_WINDOW = { start: Date.parse('2026-01-01T00:00:00Z'), end: Date.parse('2035-12-31T23:59:59Z') }

export function makeInstance(name: string, changes: InstanceChanges = {}): Instance {
  const organisation = `${name}.example (test vectors)`
  const root = makeRoot(organisation, 'fulcio-root', 'P-384', changes.root)
  const tsaRoot = makeRoot(organisation, 'tsa-root', 'P-384', changes.tsaRoot)
  return {
    name,
    root,
    intermediate: makeIntermediate(organisation, 'fulcio-intermediate', root, changes.intermediate),
    ct: curveKey(`${name} ct`),
    rekor1: makeLog('0.0.1', `rekor.${name}.example`, curveKey(`${name} rekor1`)),
    rekor2: makeLog('0.0.2', `log2026.${name}.example`, ed25519Key(`${name} rekor2`)),
    tsaRoot,
    tsa: makeStamper(organisation, 'tsa', tsaRoot, changes.tsa),
  }
}

export function makeRoot(
  organisation: string,
  label: string,
  kind: CurveKind,
  change: Change<CertificateDraft> = same,
): Issuer {
  const key = curveKey(`${organisation} ${label}`, kind)
  const name = encodeName(organisation, label)
  const extensions = [CERT_SIGN, caConstraint(1)]
  const draft = draftCertificate(
    `${organisation} ${label}`,
    { issuer: name, subject: name },
    CA_WINDOW,
    key.spki,
    key,
    extensions,
  )
  return { name, key, certificate: encodeCertificate(change(draft), key) }
}

export function makeIntermediate(
  organisation: string,
  label: string,
  root: Issuer,
  change: Change<CertificateDraft> = same,
): Issuer {
  const key = curveKey(`${organisation} ${label}`, 'P-384')
  const extensions = [CERT_SIGN, purposes(false, OID.codeSigning), caConstraint(0), ...keyIds(key, root.key)]
  return certify({ organisation, label, key }, root, extensions, change)
}

export function makeStamper(
  organisation: string,
  label: string,
  root: Issuer,
  change: Change<CertificateDraft> = same,
  key: ForgeKey = curveKey(`${organisation} ${label}`),
): Issuer {
  const extensions = [DIGITAL_SIGNATURE, purposes(true, OID.timeStamping), ...keyIds(key, root.key)]
  return certify({ organisation, label, key }, root, extensions, change)
}

interface Holder {
  readonly organisation: string
  readonly label: string
  readonly key: ForgeKey
}

function certify(
  { organisation, label, key }: Holder,
  root: Issuer,
  extensions: readonly Uint8Array[],
  change: Change<CertificateDraft>,
): Issuer {
  const name = encodeName(organisation, label)
  const names = { issuer: root.name, subject: name }
  const draft = draftCertificate(`${organisation} ${label}`, names, CA_WINDOW, key.spki, root.key, extensions)
  return { name, key, certificate: encodeCertificate(change(draft), root.key) }
}

/** The instance that the trusted roots list, and one that they do not. */
export const VECTORS: Instance = makeInstance('vectors')
export const STRANGERS: Instance = makeInstance('strangers')

/** Whoever signs in the vectors. */
export const IDENTITY = { subject: 'alice@example.com', issuer: 'https://accounts.example.com' } as const
export const ISSUER_BYTES: Uint8Array = encodeUtf8(IDENTITY.issuer)

// A Git signature made from beginning to end: certificate, signed attributes, signature, log entry, timestamp, CMS, armor.
// A recipe names what is other than in a good one; what follows is made anew from it, so that one check alone can fail.
import { TAG } from '../../src/asn1/read.ts'
import { encodeOctetString, encodeUtcTime, encodeUtf8String } from '../../src/asn1/write.ts'
import { compareBytes, concatBytes } from '../../src/bytes.ts'
import { encodeArmor } from '../../src/cms/armor.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import { encodeLogEntry, type LogEntry } from '../../src/rekor/entry.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import type { Hash } from '../../src/x509/key.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import {
  altNames,
  type CertificateDraft,
  type Change,
  certificateAlgorithm,
  DIGITAL_SIGNATURE,
  draftCertificate,
  encodeCertificate,
  encodeTbs,
  extension,
  generalName,
  type Issuer,
  keyIds,
  OID,
  purposes,
  same,
} from './certificate.ts'
import {
  ATTRIBUTE,
  algorithm,
  attribute,
  type CmsDraft,
  DATA,
  encodeCms,
  HASH_OID,
  SIGNED_DATA,
  signedSet,
  VERSION_1,
} from './cms.ts'
import { IDENTITY, type Instance, ISSUER_BYTES, MINUTE, SIGNED_AT, VECTORS } from './instance.ts'
import { curveKey, digest, type ForgeKey } from './key.ts'
import { enter, type Log } from './log.ts'
import { makeSct, type SctOptions, sctExtension, sctList } from './sct.ts'
import { makeToken, type StampRecipe, signerId } from './stamp.ts'

/** What a change of the log entry may use. */
export interface EntryContext {
  readonly log: Log
  readonly body: Uint8Array
}

export interface Recipe {
  readonly instance?: Instance
  /** Which log holds the entry; 'none' is gitsign's online mode. */
  readonly log?: 'v1' | 'v2' | 'none' | Log
  /** The time that log and timestamp prove, milliseconds since 1970. */
  readonly time?: number
  readonly key?: ForgeKey
  /** Who issues the leaf. */
  readonly issuer?: Issuer
  readonly leaf?: Change<CertificateDraft>
  /** The hash of the CA's signature over the leaf. */
  readonly leafHash?: Hash
  /** Timestamps of certificate transparency; none leaves the extension out. */
  readonly scts?: (make: (options?: Partial<SctOptions>) => Uint8Array) => readonly Uint8Array[]
  /** The list's octets. */
  readonly sctBytes?: Change<Uint8Array>
  /** After it was signed. */
  readonly certificate?: Change<Uint8Array>
  /** In DER order, unless the change leaves them in another. */
  readonly attributes?: Change<readonly Uint8Array[]>
  /** Bytes that are signed in place of the attributes. */
  readonly signed?: Change<Uint8Array>
  readonly signatureHash?: Hash
  readonly signatureAlgorithm?: Uint8Array
  readonly digestAlgorithm?: Uint8Array
  /** Who signs in place of the leaf's key. */
  readonly signer?: ForgeKey
  /** Before log and timestamp see it. */
  readonly signature?: (signature: Uint8Array, attributes: Uint8Array) => Uint8Array
  /** After log and timestamp saw it. */
  readonly late?: Change<Uint8Array>
  /** What the log takes in. */
  readonly body?: Change<Uint8Array>
  readonly bodyHash?: Hash
  readonly entry?: (entry: LogEntry, context: EntryContext) => LogEntry
  readonly entryBytes?: Change<Uint8Array>
  /** v2 has one unless this is null; v1 where it is given. */
  readonly stamp?: StampRecipe | null
  readonly cms?: Change<CmsDraft>
  readonly der?: Change<Uint8Array>
  readonly armor?: Change<Uint8Array>
}

/** The SIGNED MESSAGE block over `payload`. */
export function forgeSignature(payload: Uint8Array, recipe: Recipe = {}): Uint8Array {
  const der = (recipe.der ?? same)(encodeCms((recipe.cms ?? same)(draftSignature(payload, recipe))))
  return (recipe.armor ?? same)(encodeArmor(der))
}

/** The leaf's certificate, as a recipe has it. */
export function forgeLeaf(recipe: Recipe): Uint8Array {
  const { instance = VECTORS, key = LEAF_KEY, issuer = instance.intermediate, scts = (make) => [make()] } = recipe
  const draft = (recipe.leaf ?? same)(draftLeaf(key, issuer))
  const base = { log: instance.ct, time: SIGNED_AT - 1000, issuer: issuer.key.spki, tbs: encodeTbs(draft) }
  const list = scts((options = {}) => makeSct({ ...base, ...options }))
  const extensions = list.length === 0 ? [] : [sctExtension((recipe.sctBytes ?? same)(sctList(...list)))]
  const whole = { ...draft, extensions: [...draft.extensions, ...extensions] }
  return (recipe.certificate ?? same)(encodeCertificate(whole, issuer.key, recipe.leafHash))
}

export const LEAF_KEY: ForgeKey = curveKey('leaf')
/** A leaf lives ten minutes, from a minute before it is used. */
const LEAF_WINDOW = { start: SIGNED_AT - MINUTE, end: SIGNED_AT + 9 * MINUTE }

function draftLeaf(key: ForgeKey, issuer: Issuer): CertificateDraft {
  return draftCertificate(
    `leaf of ${key.kind}`,
    { issuer: issuer.name, subject: Uint8Array.of(TAG.sequence, 0) },
    LEAF_WINDOW,
    key.spki,
    issuer.key,
    [
      DIGITAL_SIGNATURE,
      purposes(false, OID.codeSigning),
      ...keyIds(key, issuer.key),
      altNames(generalName(1, IDENTITY.subject)),
      extension(OID.fulcioIssuer, false, ISSUER_BYTES),
      extension(OID.fulcioIssuerV2, false, encodeUtf8String(IDENTITY.issuer)),
    ],
  )
}

function draftSignature(payload: Uint8Array, recipe: Recipe): CmsDraft {
  const { key = LEAF_KEY, instance = VECTORS, time = SIGNED_AT } = recipe
  const leaf = forgeLeaf(recipe)
  const { signed, field } = signedSet((recipe.attributes ?? same)(draftAttributes(payload)))
  const hash = recipe.signatureHash ?? (key.kind === 'RSA' ? 'sha256' : key.hash)
  const made = (recipe.signer ?? key).sign((recipe.signed ?? same)(signed), hash)
  const signature = (recipe.signature ?? same)(made, signed)
  const entry = forgeEntry(recipe, leaf, signed, signature)
  const stamp = recipe.stamp === undefined && isV2(recipe) ? {} : recipe.stamp
  const token =
    stamp === undefined || stamp === null
      ? undefined
      : makeToken(stamp.stamper ?? instance.tsa, signature, { time, ...stamp })
  const digestAlgorithm = recipe.digestAlgorithm ?? algorithm(HASH_OID.sha256)
  const unsigned = [
    ...(entry === undefined ? [] : [attribute(ATTRIBUTE.logEntry, encodeOctetString(entry))]),
    ...(token === undefined ? [] : [attribute(ATTRIBUTE.timestampToken, token)]),
  ].sort(compareBytes)
  return {
    contentInfo: SIGNED_DATA,
    version: VERSION_1,
    digestAlgorithms: [digestAlgorithm],
    content: concatBytes(Uint8Array.of(TAG.sequence, DATA.length), DATA),
    certificates: [leaf],
    signers: [
      {
        version: VERSION_1,
        id: idOf(leaf, recipe),
        digestAlgorithm,
        signedAttributes: field,
        signatureAlgorithm: recipe.signatureAlgorithm ?? signatureAlgorithm(key, hash),
        signature: (recipe.late ?? same)(signature),
        ...(unsigned.length === 0 ? {} : { unsigned }),
      },
    ],
  }
}

/** A leaf that cannot be read is named as it was before it was changed. */
function idOf(leaf: Uint8Array, recipe: Recipe): Uint8Array {
  try {
    return signerId(leaf)
  } catch {
    const { leaf: _, certificate: __, ...rest } = recipe
    return signerId(forgeLeaf(rest))
  }
}

function signatureAlgorithm(key: ForgeKey, hash: Hash): Uint8Array {
  return key.kind === 'RSA' ? algorithm('1.2.840.113549.1.1.11') : certificateAlgorithm(key, hash)
}

/** contentType, signingTime and messageDigest in DER order, as gitsign has them. */
function draftAttributes(payload: Uint8Array): readonly Uint8Array[] {
  return [CONTENT_TYPE, SIGNING_TIME, attribute(ATTRIBUTE.messageDigest, encodeOctetString(digest('sha256', payload)))]
}

export const CONTENT_TYPE: Uint8Array = attribute(ATTRIBUTE.contentType, DATA)
export const SIGNING_TIME: Uint8Array = attribute(ATTRIBUTE.signingTime, encodeUtcTime(SIGNED_AT))

function isV2(recipe: Recipe): boolean {
  return logOf(recipe)?.version === '0.0.2'
}

function logOf({ log = 'v1', instance = VECTORS }: Recipe): Log | undefined {
  if (log === 'none') return undefined
  return log === 'v1' ? instance.rekor1 : log === 'v2' ? instance.rekor2 : log
}

function forgeEntry(
  recipe: Recipe,
  leaf: Uint8Array,
  artifact: Uint8Array,
  signature: Uint8Array,
): Uint8Array | undefined {
  const log = logOf(recipe)
  if (log === undefined) return undefined
  const body = (recipe.body ?? same)(forgeBody(recipe, log, leaf, artifact, signature))
  const entry = enter(log, body, recipe.time ?? SIGNED_AT)
  const changed = (recipe.entry ?? same)(entry, { log, body })
  return (recipe.entryBytes ?? same)(encodeLogEntry(changed, { withBody: true }))
}

/** As the log would have taken it in; of a key that no log takes, as if it were the usual one. */
function forgeBody(
  recipe: Recipe,
  log: Log,
  certificate: Uint8Array,
  artifact: Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  const { key = LEAF_KEY } = recipe
  const hash = recipe.bodyHash ?? (log.version === '0.0.2' ? key.hash : 'sha256')
  const record = { version: log.version, digest: digest(hash, artifact), signature, certificate }
  try {
    return hashedRekordBody({ ...record, key: parseCertificate(certificate).key })
  } catch {
    return hashedRekordBody({ ...record, key: parsePublicKey(LEAF_KEY.spki) })
  }
}

// Extensions of a certificate as they stand (RFC 5280 4.1.2.9): what each is, not what it says.
import { contextTag, type Reader, TAG } from '../asn1/read.ts'
import { parseBoolean, parseOid } from '../asn1/value.ts'
import { malformed } from '../errors.ts'

export interface Extension {
  readonly oid: string
  readonly critical: boolean
  /** Content of extnValue's OCTET STRING. */
  readonly value: Uint8Array
  /** The Extension, header included. */
  readonly bytes: Uint8Array
}

const EXTENSIONS = contextTag(3)
const MAX_EXTENSIONS = 64

/** Reads the extensions of a TBSCertificate, which must have some: without them it could not say that it is no CA. */
export function parseExtensions(tbs: Reader): readonly Extension[] {
  const explicit = tbs.read(EXTENSIONS).reader()
  const reader = explicit.read(TAG.sequence).reader()
  explicit.finish()
  const extensions: Extension[] = []
  while (!reader.done) {
    const extension = parseExtension(reader)
    // Two of a kind: one reader judges by the first, another by the last.
    if (extensions.some((other) => other.oid === extension.oid)) throw malformed('certificate', 'an extension twice')
    if (extensions.push(extension) > MAX_EXTENSIONS) throw malformed('certificate', 'too many extensions')
  }
  return extensions
}

function parseExtension(reader: Reader): Extension {
  const extension = reader.read(TAG.sequence)
  const fields = extension.reader()
  const oid = parseOid(fields.read(TAG.oid))
  const flag = fields.readOptional(TAG.boolean)
  // DER leaves a default out, so a written FALSE is a second encoding.
  if (flag !== undefined && !parseBoolean(flag)) throw malformed('certificate', 'critical is written as false')
  const value = fields.read(TAG.octetString).content
  fields.finish()
  return { oid, critical: flag !== undefined, value, bytes: extension.bytes }
}

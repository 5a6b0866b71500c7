// What a CT log signs of a precertificate (RFC 6962 section 3.2): its TBSCertificate without the poison extension.
import { contextTag, Reader, readDer, TAG } from '../asn1/read.ts'
import { parseOid } from '../asn1/value.ts'
import { encodeElement, encodeSequence } from '../asn1/write.ts'
import { malformed } from '../errors.ts'
import { OID } from './certificate.ts'

/** DER of the TBSCertificate with exactly one poison extension taken out; everything else keeps its bytes. */
export function parsePrecertificate(certificate: Uint8Array): Uint8Array {
  const fields = new Reader(readDer(certificate, TAG.sequence).reader().read(TAG.sequence).content)
  const parts: Uint8Array[] = []
  while (!fields.done) {
    const field = fields.readAny()
    parts.push(field.tag === contextTag(3) ? withoutPoison(field.reader().read(TAG.sequence).content) : field.bytes)
  }
  return encodeSequence(...parts)
}

function withoutPoison(extensions: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = []
  let poisons = 0
  for (const reader = new Reader(extensions); !reader.done; ) {
    const extension = reader.read(TAG.sequence)
    if (parseOid(extension.reader().read(TAG.oid)) === OID.poison) poisons += 1
    else kept.push(extension.bytes)
  }
  if (poisons !== 1) throw malformed('precertificate', 'it has not exactly one poison extension')
  return encodeElement(contextTag(3), encodeSequence(...kept))
}

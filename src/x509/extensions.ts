// The extensions that say what a certificate may be used for (RFC 5280 4.2.1). Undefined where the extension is absent;
// malformed ones throw `parse`.
import { readDer, TAG } from '../asn1/read.ts'
import { parseBoolean, parseNamedBits, parseOid, parseSmallInteger } from '../asn1/value.ts'
import { malformed } from '../errors.ts'
import { type Certificate, findExtension } from './certificate.ts'

export const EXTENSION = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extKeyUsage: '2.5.29.37',
  sctList: '1.3.6.1.4.1.11129.2.4.2',
} as const

/** Bits of keyUsage. */
export const KEY_USAGE = { digitalSignature: 0, contentCommitment: 1, keyCertSign: 5 } as const

/** Key purposes by their short names. */
export const PURPOSE = { codeSigning: '1.3.6.1.5.5.7.3.3', timeStamping: '1.3.6.1.5.5.7.3.8' } as const
export const ANY_PURPOSE = '2.5.29.37.0'

const MAX_PURPOSES = 32

export interface BasicConstraints {
  readonly isCA: boolean
  /** Most CA certificates that may stand below this one. */
  readonly pathLength: number | undefined
}

export function parseBasicConstraints(certificate: Certificate): BasicConstraints | undefined {
  const extension = findExtension(certificate, EXTENSION.basicConstraints)
  if (extension === undefined) return undefined
  const reader = readDer(extension.value, TAG.sequence).reader()
  const flag = reader.readOptional(TAG.boolean)
  const length = reader.readOptional(TAG.integer)
  reader.finish()
  // DER leaves a default out, so a written FALSE is a second encoding.
  if (flag !== undefined && !parseBoolean(flag)) throw malformed('basicConstraints', 'cA is written as false')
  if (flag === undefined && length !== undefined) throw malformed('basicConstraints', 'a path length without a CA')
  return { isCA: flag !== undefined, pathLength: length === undefined ? undefined : parseSmallInteger(length) }
}

/** The set bits. */
export function parseKeyUsage(certificate: Certificate): ReadonlySet<number> | undefined {
  const extension = findExtension(certificate, EXTENSION.keyUsage)
  return extension === undefined ? undefined : parseNamedBits(readDer(extension.value, TAG.bitString))
}

export interface ExtKeyUsage {
  readonly critical: boolean
  /** OIDs, at least one. */
  readonly purposes: readonly string[]
}

export function parseExtKeyUsage(certificate: Certificate): ExtKeyUsage | undefined {
  const extension = findExtension(certificate, EXTENSION.extKeyUsage)
  if (extension === undefined) return undefined
  const reader = readDer(extension.value, TAG.sequence).reader()
  const purposes: string[] = []
  do {
    purposes.push(parseOid(reader.read(TAG.oid)))
    if (purposes.length > MAX_PURPOSES) throw malformed('extKeyUsage', 'too many purposes')
  } while (!reader.done)
  return { critical: extension.critical, purposes }
}

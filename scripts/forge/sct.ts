// Signed certificate timestamps of the vectors (RFC 6962 3.2 and 3.3).
import { encodeOctetString } from '../../src/asn1/write.ts'
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { encodeVector } from '../../src/x509/tls.ts'
import { extension, OID } from './certificate.ts'
import { digest, type ForgeKey } from './key.ts'

export interface SctOptions {
  readonly log: ForgeKey
  /** Milliseconds since 1970. */
  readonly time: number
  /** SubjectPublicKeyInfo of the issuer that the promise is about. */
  readonly issuer: Uint8Array
  /** TBSCertificate without the SCT list. */
  readonly tbs: Uint8Array
  readonly version?: number
  readonly logId?: Uint8Array
  readonly extensions?: Uint8Array
  readonly algorithm?: readonly [hash: number, signature: number]
  /** Two octets in front of the six that a timestamp of this age has. */
  readonly overflow?: number
}

/** One timestamp by `log`. */
export function makeSct(options: SctOptions): Uint8Array {
  const {
    log,
    time,
    issuer,
    tbs,
    version = 0,
    extensions = new Uint8Array(),
    algorithm = [4, 3],
    overflow = 0,
  } = options
  const stamp = new Uint8Array(8)
  new DataView(stamp.buffer).setBigUint64(0, (BigInt(overflow) << 48n) | BigInt(time))
  const signed = concatBytes(
    Uint8Array.of(version, 0),
    stamp,
    Uint8Array.of(0, 1),
    digest('sha256', issuer),
    encodeVector(3, tbs),
    encodeVector(2, extensions),
  )
  return concatBytes(
    Uint8Array.of(version),
    options.logId ?? ctLogId(log),
    stamp,
    encodeVector(2, extensions),
    Uint8Array.from(algorithm),
    encodeVector(2, log.sign(signed)),
  )
}

export function ctLogId(log: ForgeKey): Uint8Array {
  return digest('sha256', log.spki)
}

export function sctList(...scts: readonly Uint8Array[]): Uint8Array {
  return encodeVector(2, concatBytes(...scts.map((sct) => encodeVector(2, sct))))
}

/** The extension around a list's octets. */
export function sctExtension(list: Uint8Array): Uint8Array {
  return extension(OID.sctList, false, encodeOctetString(list))
}

/** An SCT extension field, as some logs write. */
export const SCT_EXTENSION: Uint8Array = encodeUtf8('leaf index 7')

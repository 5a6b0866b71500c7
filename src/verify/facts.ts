// What an accepted verdict proves, as plain data: it survives a message between threads, a file of a cache and JSON.
import { toHex } from '../bytes.ts'
import type { Identity } from '../fulcio/identity.ts'
import type { Certificate } from '../x509/certificate.ts'
import { certificateId, fingerprint } from '../x509/fingerprint.ts'
import { formatName } from '../x509/name.ts'
import type { AcceptedVerdict, Check, FoundIn, ProvenTime } from './verdict.ts'

/** Proven by cryptography, and nothing more: whether this signer may have signed is asked anew each time. */
export interface Facts {
  /** Trust instance whose CA issued the certificate. */
  readonly instance: string
  readonly identity: Identity
  readonly certificate: CertificateFacts
  readonly log: LogFacts
  readonly times: readonly ProvenTime[]
  /** Checks that the caller chose to leave out. */
  readonly skipped: readonly Check[]
}

export interface CertificateFacts {
  /** gitsign's certificate id: SHA-1 of the DER, lower-case hexadecimal. */
  readonly id: string
  /** SHA-256 of the DER, upper-case hexadecimal. */
  readonly fingerprint: string
  /** The issuer's name, for people. */
  readonly issuer: string
  /** SHA-256 of the issuing CA's certificate, upper-case hexadecimal. */
  readonly issuerFingerprint: string
  /** Lower-case hexadecimal. */
  readonly serial: string
  /** Milliseconds since 1970, as is `notAfter`. */
  readonly notBefore: number
  readonly notAfter: number
}

export interface LogFacts {
  /** Base URL. */
  readonly url: string
  /** Lower-case hexadecimal. */
  readonly id: string
  /** The log's global index in decimal digits: 64 bits, which not every reader of JSON keeps. */
  readonly index: string
  readonly kind: string
  readonly version: string
  /** Lower-case hexadecimal: what stands for the entry in the log's tree. */
  readonly leafHash: string
  /** Milliseconds; v1 alone. */
  readonly integratedTime?: number
  /** Where the entry is not in the signature. */
  readonly foundIn?: FoundIn
}

/** Of a CA, which issues thousands: by the object, and by nothing that another certificate could have too. */
const known = new WeakMap<Certificate, Pick<CertificateFacts, 'issuer' | 'issuerFingerprint'>>()

function issuerFactsOf(issuer: Certificate) {
  const facts = known.get(issuer) ?? { issuer: formatName(issuer.subject), issuerFingerprint: fingerprint(issuer) }
  known.set(issuer, facts)
  return facts
}

/** @param instance name of the instance under whose trust the verdict was found */
export function factsOf({ signer, times, entry, skipped }: AcceptedVerdict, instance: string): Facts {
  const { certificate, issuer, identity } = signer
  return {
    instance,
    identity,
    certificate: {
      id: certificateId(certificate),
      fingerprint: fingerprint(certificate),
      ...issuerFactsOf(issuer),
      serial: toHex(certificate.serial),
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
    },
    log: {
      url: entry.log,
      id: toHex(entry.logId),
      index: String(entry.logIndex),
      kind: entry.kind,
      version: entry.version,
      leafHash: toHex(entry.leafHash),
      ...(entry.integratedTime === undefined ? {} : { integratedTime: entry.integratedTime }),
      ...(entry.foundIn === undefined ? {} : { foundIn: entry.foundIn }),
    },
    times,
    skipped,
  }
}

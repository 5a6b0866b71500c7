// What each check compares, which attack it stops, and what to do where it fails.
import type { Check } from '../verify/verdict.ts'

export interface About {
  readonly compares: string
  readonly stops: string
  /** Where it failed: the way out. */
  readonly wayOut: string
}

/** What was looked at, as names and values. Values may quote the signature: escape them on output. */
export type Detail = readonly [name: string, value: string]

export const ABOUT: Readonly<Record<Check, About>> = {
  format: {
    compares: 'the signature with the one form that is accepted: strict DER, one signer, known algorithms',
    stops: 'bytes that two readers understand differently, or that nobody signed',
    wayOut: 'sign the object again; where it is signed with OpenPGP or SSH, ask a policy or those programs',
  },
  digest: {
    compares: "SHA-256 of the object without its signature with the signature's own",
    stops: 'a good signature of one object put on another, or an object changed since',
    wayOut: 'the object is not what was signed: fetch it again, and if it is the same, do not trust it',
  },
  signature: {
    compares: 'the signature with the signed attributes, by the key of its certificate',
    stops: 'a certificate shown by somebody who has not its key',
    wayOut: 'nobody can mend this signature: do not trust the object, or have it signed again',
  },
  time: {
    compares: "when it was signed with what a trusted log or timestamp authority proves, and with this machine's clock",
    stops: 'a key that leaked, used long after its certificate ran out',
    wayOut: 'is this clock right and the trusted root of the right instance? else sign again with the log entry inside',
  },
  chain: {
    compares: 'the certificate with the authorities of the trusted root, at each proven time',
    stops: 'certificates of an authority that nobody here trusts, or that it had no right to issue then',
    wayOut: 'where it is from another instance, name that: initialize --instance NAME; a root that is old: initialize',
  },
  sct: {
    compares: 'the certificate with the promise of a trusted certificate log to publish it',
    stops: 'an authority that issues certificates in secret',
    wayOut:
      'certificates of May 2022 have none: --insecure-ignore-sct accepts them; else refresh the root by initialize',
  },
  log: {
    compares: 'digest, signature and certificate with the log entry, and the entry with the signed tree of the log',
    stops: 'signatures that nobody can find: those who watch the log for their own name would never see them',
    wayOut: 'refresh the trusted root by initialize; else have the object signed again',
  },
}

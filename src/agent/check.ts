// What came back from the agent is checked like a fresh certificate, and more: it must be over this payload, made now, by
// the key of a certificate that a CA of the trusted root issued and a CT log published. A hostile agent gets nothing past
// this that its owner could not sign anyway.
import { hash } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { encodeSignedAttributes } from '../cms/encode.ts'
import { malformed } from '../errors.ts'
import { checkIssuedLeaf } from '../fulcio/chain.ts'
import type { Identity } from '../fulcio/identity.ts'
import { type NamedObject, nameObject } from '../sign/object.ts'
import type { SignedAttributes } from '../sign/sign.ts'
import type { TrustedRoot } from '../trust/root.ts'
import { findIssuers } from '../verify/chain.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { verifyWithKey } from '../x509/key.ts'
import { checkScts } from '../x509/sct.ts'
import type { MadeSignature } from './answer.ts'
import type { Wanted } from './request.ts'
import { isNamed } from './select.ts'

export interface Checked extends SignedAttributes {
  readonly identity: Identity
  /** In online mode: the object that Git makes of it, and the key's signature over its id. */
  readonly named?: NamedObject & { readonly idSignature: Uint8Array }
}

interface Expected {
  readonly payload: Uint8Array
  readonly wanted: Wanted
  readonly trust: TrustedRoot
  /** Milliseconds since 1970. */
  readonly now: number
  readonly ignoreSct: boolean
  readonly online: boolean
}

const WHAT = "the agent's signature"
/** How far the clock of a forwarded agent may be off. */
const SKEW = 5 * 60_000

/** Throws `parse` for anything that could not be published as it is. */
export function checkMade(made: MadeSignature, expected: Expected): Checked {
  const leaf = parseCertificate(made.certificate)
  const signed = { leaf, signedAttributes: made.attributes, signature: made.signature }
  if (leaf.key.algorithm !== 'P-256') throw malformed(WHAT, 'the key is not P-256')
  checkAttributes(made.attributes, expected)
  if (!verifyWithKey(leaf.key, 'sha256', made.attributes, made.signature)) throw malformed(WHAT, 'of another key')
  const identity = checkCertificate(signed, expected)
  const { identities, subjects } = expected.wanted
  if (identities?.some((name) => isNamed(identity, name)) === false) throw malformed(WHAT, 'of another identity')
  if (subjects !== undefined && !subjects.includes(identity.subject)) throw malformed(WHAT, 'of another identity')
  return expected.online ? { ...signed, identity, named: checkName(made, signed, expected) } : { ...signed, identity }
}

// Of the object that is built here from what was just checked: the id of another would lend that one this signature.
function checkName({ idSignature }: MadeSignature, signed: SignedAttributes, { payload }: Expected) {
  const named = nameObject(payload, signed)
  if (idSignature === undefined) throw malformed(WHAT, 'without one over the id of the object')
  if (!verifyWithKey(signed.leaf.key, 'sha256', named.id, idSignature)) throw malformed(WHAT, 'over another id')
  return { ...named, idSignature }
}

// Compared with what they have to be rather than parsed: an attribute more would be signed unseen.
function checkAttributes(attributes: Uint8Array, { payload, now }: Expected): void {
  const payloadDigest = hash('sha256', payload, 'buffer')
  const isOf = (signingTime: number) => equalBytes(attributes, encodeSignedAttributes({ payloadDigest, signingTime }))
  for (let apart = 0; apart <= SKEW; apart += 1000) if (isOf(now - apart) || isOf(now + apart)) return
  throw malformed(WHAT, 'not over this payload, or of another time')
}

function checkCertificate(signed: SignedAttributes, expected: Expected): Identity {
  const { leaf } = signed
  const { trust, now, ignoreSct } = expected
  const why = checkIssuedLeaf(leaf, { spki: leaf.spki, now, mayLackSct: ignoreSct })
  if (why !== undefined) throw malformed(WHAT, why)
  // A CA's clock may be a little ahead of ours.
  const moment = Math.max(now, leaf.notBefore)
  const material = {
    certificate: leaf,
    intermediates: [],
    artifact: signed.signedAttributes,
    signature: signed.signature,
    timestampTokens: [],
  }
  const issued = findIssuers(material, trust, [moment])
  if (!issued.ok) throw malformed(WHAT, issued.why)
  const sct = ignoreSct ? undefined : checkScts(leaf, issued.issuers, trust.ctLogs, [moment])
  if (sct !== undefined) throw malformed(WHAT, sct)
  return issued.identity
}

// The keys that the agent holds, each for its certificate's life and then gone: made here, certified by the asker,
// used here. What is signed is built here (sign.ts), never taken from the asker.
import { randomUUID } from 'node:crypto'
import { encodeUtf8, equalBytes } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { parseIdentity } from '../fulcio/identity.ts'
import { newSigningKey, type SigningKey } from '../sign/key.ts'
import { nameObject } from '../sign/object.ts'
import { signAttributes } from '../sign/sign.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import type { Answer, HeldIdentity } from './answer.ts'
import { type GitPayload, parsePayload } from './payload.ts'
import type { Request, Wanted } from './request.ts'
import { select } from './select.ts'

interface Pending {
  readonly key: SigningKey
  readonly until: number
  proofs: number
}

/** How a key is used. */
export interface Use {
  readonly now: number
  readonly forwarded: boolean
  /** In online mode, where the object's id is signed as well. */
  readonly online: boolean
}

interface Held {
  readonly key: SigningKey
  readonly leaf: Certificate
  identity: HeldIdentity
}

/** A key whose certificate ends sooner is not used: the log must see the signature while it is valid. */
export const MARGIN = 30_000
/** How long a new key waits for its certificate, in milliseconds; a login may stand between. */
const PENDING_LIFE = 180_000
const MAX_PENDING = 8
const MAX_HELD = 32
/** Fulcio may want another challenge than the likely one, and a request may be repeated. */
const MAX_PROOFS = 8
const SKEW = 5 * 60_000

export class Keyring {
  readonly #pending = new Map<string, Pending>()
  readonly #held = new Map<string, Held>()

  /** Throws `parse`, with a message that may be told to the asker. */
  create(now: number): Answer {
    this.forget(now)
    if (this.#pending.size >= MAX_PENDING) throw malformed('key', 'too many wait for a certificate')
    const [id, key] = [randomUUID(), newSigningKey()]
    this.#pending.set(id, { key, until: now + PENDING_LIFE, proofs: 0 })
    return { answer: 'key', id, spki: key.spki }
  }

  /** Signs the challenge of a certificate authority, by a key that signs nothing else as yet. */
  prove({ id, challenge }: Extract<Request, { op: 'prove' }>, now: number): Answer {
    const pending = this.#take(id, now)
    if (++pending.proofs > MAX_PROOFS) throw malformed('key', 'too many challenges')
    return { answer: 'proof', signature: pending.key.sign(encodeUtf8(challenge)) }
  }

  /** Puts the certificate to its key. Whether its issuer is trusted is for the asker, and for every verifier. */
  keep({ id, instance, certificate }: Extract<Request, { op: 'keep' }>, now: number): Answer {
    const { key } = this.#take(id, now)
    const leaf = parseCertificate(certificate)
    if (!equalBytes(leaf.spki, key.spki)) throw malformed('certificate', 'for another key')
    if (leaf.notBefore > now + SKEW || leaf.notAfter < now + MARGIN) throw malformed('certificate', 'not valid now')
    const { issuer, subject } = parseIdentity(leaf)
    const identity = { instance, issuer, subject, expires: leaf.notAfter, uses: 0, forwardedUses: 0 }
    this.#pending.delete(id)
    this.#held.delete(nameOf(identity))
    if (this.#held.size >= MAX_HELD) throw malformed('key', 'too many are held')
    this.#held.set(nameOf(identity), { key, leaf, identity })
    return { answer: 'kept' }
  }

  /** The identity that would sign; 'none' and 'many' where none would. Throws `parse` for what is no Git payload. */
  find(
    wanted: Wanted,
    payload: Uint8Array,
    now: number,
  ): Answer | { readonly identity: HeldIdentity; readonly git: GitPayload } {
    const git = parsePayload(payload)
    this.forget(now)
    const usable = this.list().filter(({ expires }) => expires >= now + MARGIN)
    const chosen = select(usable, wanted, git.person)
    if (chosen.length > 1)
      return { answer: 'many', identities: chosen.map(({ issuer, subject }) => `${issuer} ${subject}`) }
    const [identity] = chosen
    return identity === undefined ? { answer: 'none' } : { identity, git }
  }

  /** Signs with what `find` gave. Throws `usage` in online mode for what has no id. */
  sign(identity: HeldIdentity, payload: Uint8Array, { now, forwarded, online }: Use): Answer {
    const held = this.#held.get(nameOf(identity))
    if (held === undefined) return { answer: 'none' }
    const signed = signAttributes(payload, held.leaf, held.key, now)
    // Of what it has built itself, from what it has signed itself: there is no way to have an id of one's choice signed.
    const named = online ? nameObject(payload, signed) : undefined
    const idSignature = named && { idSignature: held.key.sign(named.id) }
    const { uses, forwardedUses } = held.identity
    held.identity = { ...held.identity, uses: uses + 1, forwardedUses: forwardedUses + (forwarded ? 1 : 0) }
    const { signedAttributes, signature } = signed
    const counted = { uses: held.identity.uses, forwardedUses: held.identity.forwardedUses }
    return {
      answer: 'signed',
      certificate: held.leaf.bytes,
      attributes: signedAttributes,
      signature,
      ...idSignature,
      ...counted,
    }
  }

  list(): readonly HeldIdentity[] {
    return [...this.#held.values()].map(({ identity }) => identity)
  }

  /** Drops what has ended; true where nothing is left. */
  forget(now: number): boolean {
    for (const [id, { until }] of this.#pending) if (until < now) this.#pending.delete(id)
    for (const [name, { identity }] of this.#held) if (identity.expires < now) this.#held.delete(name)
    return this.#pending.size + this.#held.size === 0
  }

  #take(id: string, now: number): Pending {
    this.forget(now)
    const pending = this.#pending.get(id)
    if (pending === undefined) throw malformed('key', 'there is none of this name')
    return pending
  }
}

function nameOf({ instance, issuer, subject }: HeldIdentity): string {
  return JSON.stringify([instance, issuer, subject])
}

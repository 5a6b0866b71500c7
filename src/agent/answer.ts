// What the agent says. The asker trusts none of it: a signature is checked against the payload, its key and the trusted
// root before anything is published (check.ts).
import { toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { bytesOf, type JsonObject, listOf, objectsOf, textOf } from '../trust/json.ts'
import { encodeFrame, type Frame } from './frame.ts'
import { PROTOCOL } from './request.ts'

/** What was made of a payload. */
export interface MadeSignature {
  /** DER: the leaf, which is all that a signature holds. */
  readonly certificate: Uint8Array
  readonly attributes: Uint8Array
  readonly signature: Uint8Array
  /** In online mode: over the text of the object's id. */
  readonly idSignature?: Uint8Array
  /** How often this key has signed, this time included; and how often over the forwarded socket. */
  readonly uses: number
  readonly forwardedUses: number
}

export interface HeldIdentity {
  readonly instance: string
  readonly issuer: string
  readonly subject: string
  /** Milliseconds since 1970. */
  readonly expires: number
  readonly uses: number
  readonly forwardedUses: number
}

export interface AgentStatus {
  readonly pid: number
  /** Milliseconds since 1970. */
  readonly started: number
  /** Path of the socket that may be forwarded. */
  readonly forward: string | undefined
  readonly keys: readonly HeldIdentity[]
  /** The last uses, oldest first, each a line. */
  readonly log: readonly string[]
}

export type Answer =
  | ({ readonly answer: 'signed' } & MadeSignature)
  | { readonly answer: 'none' }
  | { readonly answer: 'many'; readonly identities: readonly string[] }
  | { readonly answer: 'confirm' }
  | { readonly answer: 'refused'; readonly why: string }
  | { readonly answer: 'key'; readonly id: string; readonly spki: Uint8Array }
  | { readonly answer: 'proof'; readonly signature: Uint8Array }
  | { readonly answer: 'kept' }
  | ({ readonly answer: 'status' } & AgentStatus)
  | { readonly answer: 'stopped' }

const WHAT = "the agent's answer"
const MAX_LIST = 64

export function encodeAnswer(answer: Answer): Uint8Array {
  const members = Object.entries(answer).map(([name, value]) => [name, plain(value)])
  return encodeFrame({ version: PROTOCOL, ...Object.fromEntries(members) })
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toBase64(value)
  return Array.isArray(value) ? value.map(plain) : value
}

/** Throws `parse`. */
export function parseAnswer({ head, body }: Frame): Answer {
  if (head.fields.get('version') !== PROTOCOL || body.length > 0) throw malformed(WHAT, 'of another version')
  const answer = textOf(head, 'answer')
  switch (answer) {
    case 'signed':
      return { answer, ...readSignature(head) }
    case 'many':
      return { answer, identities: textsOf(head, 'identities') }
    case 'refused':
      return { answer, why: textOf(head, 'why') }
    case 'key':
      return { answer, id: textOf(head, 'id'), spki: bytesOf(head, 'spki') }
    case 'proof':
      return { answer, signature: bytesOf(head, 'signature') }
    case 'status':
      return { answer, ...readStatus(head) }
    case 'none':
    case 'confirm':
    case 'kept':
    case 'stopped':
      return { answer }
    default:
      throw malformed(WHAT, 'unknown')
  }
}

function readSignature(head: JsonObject): MadeSignature {
  return {
    certificate: bytesOf(head, 'certificate'),
    attributes: bytesOf(head, 'attributes'),
    signature: bytesOf(head, 'signature'),
    ...(head.fields.has('idSignature') ? { idSignature: bytesOf(head, 'idSignature') } : {}),
    ...usesOf(head),
  }
}

function readStatus(head: JsonObject): AgentStatus {
  const forward = head.fields.has('forward') ? textOf(head, 'forward') : undefined
  const keys = objectsOf(head, 'keys').map((key) => ({
    instance: textOf(key, 'instance'),
    issuer: textOf(key, 'issuer'),
    subject: textOf(key, 'subject'),
    expires: numberOf(key, 'expires'),
    ...usesOf(key),
  }))
  return {
    pid: numberOf(head, 'pid'),
    started: numberOf(head, 'started'),
    forward,
    keys,
    log: textsOf(head, 'log'),
  }
}

function usesOf(object: JsonObject) {
  return { uses: numberOf(object, 'uses'), forwardedUses: numberOf(object, 'forwardedUses') }
}

function textsOf(object: JsonObject, name: string): readonly string[] {
  const list = listOf(object, name)
  const texts = list.filter((one) => typeof one === 'string')
  if (texts.length !== list.length || list.length > MAX_LIST) throw malformed(WHAT, `${name} is no short list of texts`)
  return texts
}

function numberOf(object: JsonObject, name: string): number {
  const value = object.fields.get(name)
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw malformed(WHAT, `${name} is no number`)
  return value
}

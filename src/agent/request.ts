// What the agent may be asked. Strict: unknown operations, members and forms are refused, for nobody but ourselves writes
// them. There is no request that gives a private key away, and none that signs bytes of the asker's choice.
import { concatBytes, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { bytesOf, type JsonObject, listOf, textOf } from '../trust/json.ts'
import { encodeFrame, type Frame } from './frame.ts'

/** Which of the held keys. */
export interface Wanted {
  /** The instance and its CA, as `instanceKey` writes them. */
  readonly instance: string
  /** `SUBJECT` or `ISSUER SUBJECT`: where given, these identities and no other. */
  readonly identities?: readonly string[]
  /** Where given, no other subject will do. */
  readonly subjects?: readonly string[]
}

export type Request =
  | {
      readonly op: 'sign'
      readonly wanted: Wanted
      readonly payload: Uint8Array
      readonly patient: boolean
      /** In online mode, where the id of the object that Git makes of it is signed as well. */
      readonly online: boolean
    }
  /** Makes a key that signs challenges until it has its certificate, and payloads from then on. */
  | { readonly op: 'key' }
  | { readonly op: 'prove'; readonly id: string; readonly challenge: string }
  | { readonly op: 'keep'; readonly id: string; readonly instance: string; readonly certificate: Uint8Array }
  | { readonly op: 'status' }
  | { readonly op: 'stop' }

/** Version of the messages; an agent of another one is of no use, and is replaced. */
export const PROTOCOL = 1

const WHAT = 'agent request'
const MAX_NAMES = 64
const MEMBERS: Readonly<Record<Request['op'], readonly string[]>> = {
  sign: ['instance', 'identities', 'subjects', 'patient', 'online'],
  key: [],
  prove: ['id', 'challenge'],
  keep: ['id', 'instance', 'certificate'],
  status: [],
  stop: [],
}
// Nothing below a space: no challenge is the DER of anything that a verifier would take for signed.
const CHALLENGE = /^[^\p{Cc}\p{Cs}]{1,1024}$/u

export function instanceKey(name: string, fulcio: string): string {
  return `${name} ${fulcio.replace(/\/+$/, '')}`
}

export function encodeRequest(request: Request): Uint8Array {
  const { op } = request
  const head = { version: PROTOCOL, op }
  if (op === 'sign') {
    const { wanted, patient, online, payload } = request
    return encodeFrame({ ...head, ...wanted, patient, ...(online ? { online } : {}) }, payload)
  }
  if (op !== 'keep') return encodeFrame({ ...head, ...request })
  const { id, instance, certificate } = request
  return encodeFrame({ ...head, id, instance, certificate: toBase64(certificate) })
}

/** Throws `parse`. */
export function parseRequest({ head, body }: Frame): Request {
  if (head.fields.get('version') !== PROTOCOL) throw malformed(WHAT, 'of another version')
  const op = textOf(head, 'op')
  if (!Object.hasOwn(MEMBERS, op)) throw malformed(WHAT, 'unknown')
  const known = op as Request['op']
  const extra = [...head.fields.keys()].find((name) => !['version', 'op', ...MEMBERS[known]].includes(name))
  if (extra !== undefined) throw malformed(WHAT, 'an unknown member')
  if (known !== 'sign' && body.length > 0) throw malformed(WHAT, 'a body where none belongs')
  return readRequest(known, head, body)
}

function readRequest(op: Request['op'], head: JsonObject, body: Uint8Array): Request {
  switch (op) {
    case 'sign':
      return {
        op,
        wanted: readWanted(head),
        payload: concatBytes(body),
        patient: head.fields.get('patient') === true,
        online: head.fields.get('online') === true,
      }
    case 'prove':
      return { op, id: textOf(head, 'id'), challenge: readChallenge(textOf(head, 'challenge')) }
    case 'keep':
      return {
        op,
        id: textOf(head, 'id'),
        instance: textOf(head, 'instance'),
        certificate: bytesOf(head, 'certificate'),
      }
    default:
      return { op }
  }
}

function readWanted(head: JsonObject): Wanted {
  return {
    instance: textOf(head, 'instance'),
    ...(head.fields.has('identities') ? { identities: readNames(head, 'identities') } : {}),
    ...(head.fields.has('subjects') ? { subjects: readNames(head, 'subjects') } : {}),
  }
}

function readNames(head: JsonObject, name: string): readonly string[] {
  const list = listOf(head, name)
  const texts = list.filter((one) => typeof one === 'string')
  if (texts.length !== list.length || list.length > MAX_NAMES)
    throw malformed(WHAT, `${name} is no short list of texts`)
  return texts
}

function readChallenge(text: string): string {
  if (!CHALLENGE.test(text)) throw malformed(WHAT, 'the challenge is no line of text')
  return text
}

// The Git objects that the vectors sign: commits, tags, push certificates, and merges that carry a tag.
import { concatBytes, decodeLatin1, encodeUtf8 } from '../../src/bytes.ts'
import { joinCommit, joinTag } from '../../src/git/object.ts'
import { SIGNED_AT } from './instance.ts'

export type ObjectKind = 'commit' | 'tag' | 'push-certificate'

const SECONDS = SIGNED_AT / 1000
const ALICE = `Alice <alice@example.com> ${SECONDS} +0200`
export const ID = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
export const ID_SHA256 = '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'

/** A commit's bytes without its signature. */
export function commitPayload(message = 'Say hello\n\nAnd mean it.\n', headers = '', tree = ID): Uint8Array {
  return encodeUtf8(`tree ${tree}\nauthor ${ALICE}\ncommitter ${ALICE}\n${headers}\n${message}`)
}

export function tagPayload(message = 'The first release\n', object = ID): Uint8Array {
  return encodeUtf8(`object ${object}\ntype commit\ntag v1.0\ntagger ${ALICE}\n\n${message}`)
}

export function pushPayload(ref = 'refs/heads/main'): Uint8Array {
  return encodeUtf8(
    `certificate version 0.1\npusher ${ALICE}\npushee https://git.example.com/hello.git\n` +
      `nonce ${SECONDS}-0123456789abcdef\n\n${'0'.repeat(40)} ${ID} ${ref}\n`,
  )
}

export function payloadOf(kind: ObjectKind): Uint8Array {
  return kind === 'commit' ? commitPayload() : kind === 'tag' ? tagPayload() : pushPayload()
}

/** The object that Git stores. */
export function joinObject(
  kind: ObjectKind,
  payload: Uint8Array,
  signature: Uint8Array,
  algorithm: 'sha1' | 'sha256' = 'sha1',
): Uint8Array {
  return kind === 'commit' ? joinCommit(payload, signature, algorithm) : joinTag(payload, signature)
}

/** A header of a commit over several lines, each but the first behind a space. */
export function folded(name: string, value: Uint8Array): string {
  return `${name} ${decodeLatin1(value).replace(/\n$/, '').replaceAll('\n', '\n ')}\n`
}

/** The bytes with `from`, which must be there, exchanged. */
export function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = decodeLatin1(bytes)
  if (!text.includes(from)) throw new Error(`nothing to exchange: ${from}`)
  return Buffer.from(
    text.replace(from, () => to),
    'latin1',
  )
}

export function appended(bytes: Uint8Array, text: string): Uint8Array {
  return concatBytes(bytes, encodeUtf8(text))
}

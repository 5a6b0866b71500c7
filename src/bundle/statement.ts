// in-toto statements (v0.1 and v1): what a DSSE envelope of theirs says, and of which artifacts.
import { equalBytes, fromHex } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { Envelope } from '../rekor/envelope.ts'
import { MAX_ATTESTATION, objectOf, objectsOf, parseDocument, textOf } from '../trust/json.ts'
import type { Hash } from '../x509/key.ts'
import type { Digest } from './bundle.ts'

export const IN_TOTO = 'application/vnd.in-toto+json'

/** The digests of one artifact that a statement is about. */
export type Subject = ReadonlyMap<Hash, Uint8Array>

const WHAT = 'in-toto statement'
const TYPES: readonly string[] = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']
const HASHES: readonly (readonly [Hash, number])[] = [
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
]

/** The subjects of a statement, at least one. Throws `parse`; what the predicate says is *not* looked at. */
export function parseStatement(payload: Uint8Array): readonly Subject[] {
  const statement = parseDocument(payload, WHAT, MAX_ATTESTATION)
  if (!TYPES.includes(textOf(statement, '_type'))) throw malformed(WHAT, 'unknown type')
  textOf(statement, 'predicateType')
  const subjects = objectsOf(statement, 'subject')
  if (subjects.length === 0) throw malformed(WHAT, 'no subject')
  return subjects.map((subject) => {
    const digest = objectOf(subject, 'digest')
    return new Map(
      HASHES.flatMap(([hash, length]) => {
        if (!digest.fields.has(hash)) return []
        const bytes = fromHex(textOf(digest, hash), `${WHAT}: ${hash}`)
        if (bytes.length !== length) throw malformed(WHAT, `${hash} has not ${length} bytes`)
        return [[hash, bytes] as const]
      }),
    )
  })
}

/** Throws `parse` for what is no statement. */
export function firstDigest(payload: Uint8Array): Digest | undefined {
  const [first] = parseStatement(payload).flatMap((subject) => [...subject])
  return first && { hash: first[0], digest: first[1] }
}

/**
 * Whether an envelope's statement is about an artifact: one subject whose every digest that can be compared is the
 * artifact's, and at least one can.
 * @param digestOf of the artifact; undefined for a hash that is not at hand
 * @returns why not, or undefined
 */
export function checkSubject(
  { payloadType, payload }: Envelope,
  digestOf: (hash: Hash) => Uint8Array | undefined,
): string | undefined {
  // Of another type nothing says what it is about, so it would pass for a statement about anything.
  if (payloadType !== IN_TOTO) return `the envelope holds ${payloadType}, which names no artifact`
  const isAbout = (subject: Subject): boolean => {
    const compared = [...subject].flatMap(([hash, stated]) => {
      const own = digestOf(hash)
      return own === undefined ? [] : [equalBytes(own, stated)]
    })
    return compared.length > 0 && !compared.includes(false)
  }
  return parseStatement(payload).some(isAbout) ? undefined : 'the statement is about other artifacts'
}

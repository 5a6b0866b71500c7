// What Git will make of a payload once it is signed, without a log entry inside (formats: section 2, online mode), and the id
// by which it will be known. Refuses what has no id yet.
import { encodeUtf8 } from '../bytes.ts'
import { encodeArmor } from '../cms/armor.ts'
import { encodeSignedData } from '../cms/encode.ts'
import { Fault } from '../errors.ts'
import { objectId } from '../git/id.ts'
import { rebuildObject, type SignedBytes } from '../git/logged-id.ts'
import type { SignedAttributes } from './sign.ts'

export interface NamedObject {
  /** The bytes that Git stores. */
  readonly armored: Uint8Array
  readonly object: SignedBytes
  /** The text that is signed and logged: lower-case hexadecimal. */
  readonly id: Uint8Array
}

/**
 * @param timestampToken stands in the object, so it comes before the id
 * @throws `usage` for a push certificate
 */
export function nameObject(
  payload: Uint8Array,
  { leaf, signedAttributes, signature }: SignedAttributes,
  timestampToken?: Uint8Array,
): NamedObject {
  const armored = encodeArmor(encodeSignedData({ leaf, signedAttributes, signature, timestampToken }))
  const object = rebuildObject(payload, armored) ?? refuse()
  return { armored, object, id: encodeUtf8(objectId(object.type, object.bytes, object.algorithm)) }
}

const PROBE = encodeUtf8('-')

/** Throws `usage` for what `nameObject` refuses, whoever signs it. */
export function checkNameable(payload: Uint8Array): void {
  if (rebuildObject(payload, PROBE) === undefined) refuse()
}

function refuse(): never {
  throw new Fault(
    'usage',
    'online mode signs commits and tags alone: a push certificate has no object id to be logged',
    { hint: 'git -c gitsigil.rekorMode=offline push --signed' },
  )
}

// Signing in online mode (formats: section 2): nothing of the log is in the signature. The same key signs the id of the
// object that Git will make, and that is logged; whoever verifies has to find the entry. Refuses what has no id yet.
import { hash } from 'node:crypto'
import { encodeUtf8 } from '../bytes.ts'
import { encodeArmor } from '../cms/armor.ts'
import { encodeSignedData } from '../cms/encode.ts'
import { Fault } from '../errors.ts'
import { objectId } from '../git/id.ts'
import { rebuildObject } from '../git/logged-id.ts'
import { newSigningKey } from './key.ts'
import { type Ports, type SignedPayload, signAttributes } from './sign.ts'

/** Throws `usage` for a push certificate, before anybody is asked for an identity; and what the ports throw. */
export async function signOnline(payload: Uint8Array, ports: Ports): Promise<SignedPayload> {
  checkPayload(payload)
  const key = newSigningKey()
  const { leaf } = await ports.ca.certify(await ports.identity.token(), key)
  const { signedAttributes, signature } = signAttributes(payload, leaf, key, ports.clock.now())
  // The token is in the object, so it comes before the id.
  const timestampToken = await ports.timestamp?.stamp(signature)
  const armored = encodeArmor(encodeSignedData({ leaf, signedAttributes, signature, timestampToken }))
  const object = rebuildObject(payload, armored) ?? refuse()
  const id = encodeUtf8(objectId(object.type, object.bytes, object.algorithm))
  const digest = hash('sha256', id, 'buffer')
  const entry = await ports.log.witness({ digest, signature: key.sign(id), leaf })
  return { armored, leaf, entry, object }
}

const PROBE = encodeUtf8('-')

function checkPayload(payload: Uint8Array): void {
  if (rebuildObject(payload, PROBE) === undefined) refuse()
}

function refuse(): never {
  throw new Fault(
    'usage',
    'online mode signs commits and tags alone: a push certificate has no object id to be logged',
    {
      hint: 'git -c gitsigil.rekorMode=offline push --signed',
    },
  )
}

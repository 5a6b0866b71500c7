// Signing in online mode (formats: section 2): nothing of the log is in the signature. The same key signs the id of the
// object that Git will make, and that is logged; whoever verifies has to find the entry. Refuses what has no id yet.
import { hash } from 'node:crypto'
import { newSigningKey } from './key.ts'
import { checkNameable, type NamedObject, nameObject } from './object.ts'

export { checkNameable } from './object.ts'

import { type Ports, type SignedAttributes, type SignedPayload, signAttributes } from './sign.ts'

/** Throws `usage` for a push certificate, before anybody is asked for an identity; and what the ports throw. */
export async function signOnline(payload: Uint8Array, ports: Ports): Promise<SignedPayload> {
  checkNameable(payload)
  const key = newSigningKey()
  const { leaf } = await ports.ca.certify(await ports.identity.token(), key)
  const signed = signAttributes(payload, leaf, key, ports.clock.now())
  const named = nameObject(payload, signed, await ports.timestamp?.stamp(signed.signature))
  return await witnessNamed(named, key.sign(named.id), signed, ports)
}

/** Has the log hold the id's signature, which another process may have made. */
export async function witnessNamed(
  { armored, object, id }: NamedObject,
  signature: Uint8Array,
  { leaf }: Pick<SignedAttributes, 'leaf'>,
  ports: Pick<Ports, 'log'>,
): Promise<SignedPayload> {
  const entry = await ports.log.witness({ digest: hash('sha256', id, 'buffer'), signature, leaf })
  return { armored, leaf, entry, object }
}

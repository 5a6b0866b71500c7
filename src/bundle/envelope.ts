// DSSE envelopes (secure-systems-lab/dsse 1.0.2) as bundles hold them: a payload, its type, and exactly one signature,
// over the pre-authentication encoding of both.
import { concatBytes, encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { Envelope } from '../rekor/envelope.ts'
import { bytesOf, type JsonObject, objectsOf, optionalText, textOf } from '../trust/json.ts'

const WHAT = 'DSSE envelope'
const MAX_TYPE = 256

/**
 * What is signed: `DSSEv1`, then type and payload, each after its length in bytes, so that neither can reach into the other.
 */
export function preAuthEncoding({ payloadType, payload }: Pick<Envelope, 'payloadType' | 'payload'>): Uint8Array {
  const type = encodeUtf8(payloadType)
  return concatBytes(encodeUtf8(`DSSEv1 ${type.length} `), type, encodeUtf8(` ${payload.length} `), payload)
}

/** Throws `parse`; verifies nothing. */
export function envelopeFromJson(envelope: JsonObject): Envelope {
  const [signature, ...more] = objectsOf(envelope, 'signatures')
  // Of several signatures one is verified and logged, and the others are shown with it.
  if (signature === undefined || more.length > 0) throw malformed(WHAT, 'not one signature')
  optionalText(signature, 'keyid')
  const payloadType = textOf(envelope, 'payloadType')
  if (payloadType === '' || payloadType.length > MAX_TYPE) throw malformed(WHAT, 'no payload type')
  const found = bytesOf(signature, 'sig')
  if (found.length === 0) throw malformed(WHAT, 'the signature is empty')
  return { payloadType, payload: bytesOf(envelope, 'payload'), signature: found }
}

// Whether bytes are what a CMS signature is over: the DER of a SET of signed attributes. Whoever signs such bytes as a mere
// file has signed the content whose digest stands in them: a commit.
import { readDer, TAG } from '../asn1/read.ts'
import { parseOid } from '../asn1/value.ts'
import { Fault } from '../errors.ts'
import { OID } from './signed-data.ts'

/** True for every SET that holds a messageDigest attribute, whatever else is wrong with it: other readers are laxer. */
export function isSignedAttributes(bytes: Uint8Array): boolean {
  try {
    const set = readDer(bytes, TAG.set).reader()
    while (!set.done) {
      const attribute = set.read(TAG.sequence).reader()
      if (parseOid(attribute.read(TAG.oid)) === OID.messageDigest) return true
    }
    return false
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return false
    throw thrown
  }
}

// Every vector, and the files that publish them.
import { encodeUtf8 } from '../../src/bytes.ts'
import { ALGORITHMS } from './algorithm.ts'
import { ARMOR } from './armor.ts'
import { ATTRIBUTES } from './attribute.ts'
import { CERTIFICATES } from './certificate.ts'
import { CHECKPOINTS } from './checkpoint.ts'
import { CLAIMS } from './claim.ts'
import { CONTENTS } from './content.ts'
import { ENCODING } from './encoding.ts'
import { ENTRIES } from './entry.ts'
import { GOOD } from './good.ts'
import { HEADERS } from './header.ts'
import { IDENTITIES } from './identity.ts'
import { ISSUERS } from './issuer.ts'
import { KEYS } from './key.ts'
import { PLACES } from './place.ts'
import { PROOFS } from './proof.ts'
import { ROOTS } from './roots.ts'
import { SCTS } from './sct.ts'
import { SIGNED_DATAS } from './signer.ts'
import { STAMPS } from './stamp.ts'
import { TIMES } from './time.ts'
import { TOKENS } from './token.ts'
import { USES } from './use.ts'
import { VALUES } from './value.ts'
import { encodeCase, type Vector } from './vector.ts'
import { WINDOWS } from './window.ts'

const VECTORS: readonly Vector[] = [
  ...ALGORITHMS,
  ...ARMOR,
  ...ATTRIBUTES,
  ...CERTIFICATES,
  ...CHECKPOINTS,
  ...CLAIMS,
  ...CONTENTS,
  ...ENCODING,
  ...ENTRIES,
  ...GOOD,
  ...HEADERS,
  ...IDENTITIES,
  ...ISSUERS,
  ...KEYS,
  ...PLACES,
  ...PROOFS,
  ...SCTS,
  ...SIGNED_DATAS,
  ...STAMPS,
  ...TIMES,
  ...TOKENS,
  ...USES,
  ...VALUES,
  ...WINDOWS,
]

/** Contents by path under fixtures/. */
export function fixtureFiles(): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (const [name, bytes] of ROOTS) files.set(`trusted-roots/${name}.json`, bytes)
  for (const vector of VECTORS) {
    if (files.has(`vectors/${vector.name}/object`)) throw new Error(`two vectors named ${vector.name}`)
    files.set(`vectors/${vector.name}/object`, vector.object)
    files.set(`vectors/${vector.name}/case.json`, encodeCase(vector))
  }
  files.set('vectors/index.json', encodeUtf8(`${JSON.stringify(VECTORS.map(({ name }) => name).sort(), null, 2)}\n`))
  return files
}

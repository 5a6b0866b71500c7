// Every vector, and the files that publish them.
import { encodeUtf8 } from '../../src/bytes.ts'
import { CERTIFICATES } from './certificate.ts'
import { CHAINS } from './chain.ts'
import { CMS } from './cms.ts'
import { ENTRIES } from './entry.ts'
import { GOOD } from './good.ts'
import { KEYS } from './key.ts'
import { LOGS } from './log.ts'
import { OBJECTS } from './object.ts'
import { ROOTS } from './roots.ts'
import { SCTS } from './sct.ts'
import { STAMPS } from './stamp.ts'
import { TIMES } from './time.ts'
import { encodeCase, type Vector } from './vector.ts'
import { WINDOWS } from './window.ts'

export const VECTORS: readonly Vector[] = [
  ...GOOD,
  ...OBJECTS,
  ...CMS,
  ...CERTIFICATES,
  ...ENTRIES,
  ...KEYS,
  ...TIMES,
  ...STAMPS,
  ...CHAINS,
  ...SCTS,
  ...LOGS,
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

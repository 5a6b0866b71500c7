// What is mutated: every signed object, and their bundles, and those of the conformance suite.
import { join } from 'node:path'
import { type BundleInput, readBundles } from './bundle.ts'
import { type ObjectInput, readObjects } from './object.ts'

export type Input = ObjectInput | BundleInput

/** By folder; one that is absent gives none. The order is the same on every machine. */
export function readInputs(shared: string, vectors: string): readonly Input[] {
  const objects = readObjects(join(shared, 'corpus'), vectors)
  return [...objects, ...readBundles(objects, join(shared, 'conformance'))]
}

/** Whether one may lend the other its bytes: under another trusted root they would only be rejected sooner. */
export function isAlike(one: Input, other: Input): boolean {
  return (one.kind === 'bundle') === (other.kind === 'bundle') && one.options.trust === other.options.trust
}

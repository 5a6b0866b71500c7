// Further signatures of an object, read from its note and verified: bundles over its id.
import { NOTES_REF, notedArtifact, parseNote } from '../attest/notes.ts'
import { readNote } from '../system/git-notes.ts'
import type { Instances } from '../trust/choice-client.ts'
import { verifyBundle } from '../verify/bundle.ts'
import { type Facts, factsOf } from '../verify/facts.ts'
import { type Configured, verifyUnder } from './assessor.ts'
import { bundleLeaf } from './bundle.ts'

export interface Endorsements {
  readonly facts: readonly Facts[]
  /** Of lines that do not count, why. May quote them: escape on output. */
  readonly ignored: readonly string[]
}

/** @param at the notes' ref, or a commit of one. Throws `git`, and `parse` for a note that is too large. */
export async function readEndorsements(
  configured: Configured,
  instances: Instances,
  oid: string,
  at: string = NOTES_REF,
): Promise<Endorsements> {
  const bytes = await readNote(configured.world, oid, at)
  const note = parseNote(bytes ?? new Uint8Array())
  const verdicts = note.bundles.map((bundle) =>
    verifyUnder(instances, configured, {
      verify: (options) => verifyBundle(bundle, notedArtifact(oid), options),
      leaf: () => bundleLeaf(bundle),
    }),
  )
  return {
    facts: verdicts.flatMap(({ verdict, name }) => (verdict.ok ? [factsOf(verdict, name)] : [])),
    ignored: [
      ...note.ignored,
      ...verdicts.flatMap(({ verdict }) =>
        verdict.ok ? [] : [`${verdict.rejection.check}: ${verdict.rejection.why}`],
      ),
    ],
  }
}

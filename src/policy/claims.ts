// The names by which a policy speaks of a workload's claims: Fulcio's extensions by their own names, and short names for
// those that say the same in an older and a newer extension.
import { CLAIMS } from '../fulcio/identity.ts'

const SHORT: ReadonlyMap<string, readonly string[]> = new Map([
  // `https://github.com/owner/name`, or in older certificates `owner/name`: no text is both.
  ['repository', ['sourceRepositoryUri', 'githubWorkflowRepository']],
  ['owner', ['sourceRepositoryOwnerUri']],
  ['ref', ['sourceRepositoryRef', 'githubWorkflowRef']],
  ['sha', ['sourceRepositoryDigest', 'githubWorkflowSha']],
  // The workflow file with its ref, or the name that it gives itself.
  ['workflow', ['buildConfigUri', 'githubWorkflowName']],
  ['trigger', ['buildTrigger', 'githubWorkflowTrigger']],
  ['runner', ['runnerEnvironment']],
  ['environment', ['deploymentEnvironment']],
])

/** Every name a policy may use. */
export const CLAIM_NAMES: readonly string[] = [...SHORT.keys(), ...CLAIMS.values()]

/** The certificate's claims that a name stands for: the claim holds where one of them is as asked. */
export function extensionsOf(name: string): readonly string[] {
  return SHORT.get(name) ?? [name]
}

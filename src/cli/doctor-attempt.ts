// What stops a signature, or a hook, is a finding of the doctor's.
import { type Finding, fail } from '../doctor/finding.ts'
import { Fault } from '../errors.ts'

/** What `work` gives; a fault is a finding here, with `hint` where it has none. */
export async function attempt<T>(
  name: string,
  work: () => Promise<T>,
  hint = 'mend the value named here',
): Promise<{ readonly value: T } | { readonly finding: Finding }> {
  try {
    return { value: await work() }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return { finding: fail(name, thrown.message, thrown.hint ?? hint) }
  }
}

// The policy in force here: brought up to date with `gitsigil.policyRef`, from where trust in it starts, and made ready to
// judge. Whoever cannot have it has no verdict: a policy that is configured is never left out.

import { isVersion } from '../policy/lineage.ts'
import { parsePolicy } from '../policy/parse.ts'
import { type Policy, preparePolicy } from '../policy/prepare.ts'
import { MAX_POLICY } from '../policy/yaml.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { composeInquiry, type Inquiry } from './inquiry.ts'
import { authenticate } from './lineage.ts'
import { updatePolicy, whyLost } from './policy-update.ts'

export interface PolicyInForce extends Inquiry {
  readonly policy: Policy
  /** The commit that made it what it is; absent for a file that a flag names. */
  readonly commit?: string
  /** Why the policy ref may not go on to this commit, as far as the policy itself goes; undefined where it may. */
  refuseChange(to: string): Promise<string | undefined>
}

/**
 * The policy that `--policy` names or the configuration asks for; undefined where neither does.
 * @throws `trust` where it cannot be authenticated, `config` where it is wrong
 */
export async function composePolicy(configured: Configured): Promise<PolicyInForce | undefined> {
  const { settings, world } = configured
  const standard = composeTrust(configured).standard.name
  if (settings.policy !== undefined) {
    const path = resolvePath(settings.policy, world)
    const policy = await parsePolicy(readBytes(path, MAX_POLICY + 1), settings.policy, standard)
    return { ...composeInquiry(configured, policy), policy, refuseChange: async () => 'a file was named as the policy' }
  }
  if (settings.policyRoot === undefined) return undefined
  const { kept } = await updatePolicy(configured)
  const policy = await preparePolicy(kept.document, standard)
  return {
    ...composeInquiry(configured, policy),
    policy,
    commit: kept.commit,
    async refuseChange(to) {
      const after = await authenticate(configured, { commit: kept.commit }, to)
      return after !== undefined && isVersion(after) ? undefined : whyLost(after, kept.commit)
    },
  }
}

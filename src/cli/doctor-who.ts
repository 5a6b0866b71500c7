// Who may sign, as whatever verifies has it: the policy, authenticated but not brought into force, else whom `gitsigil.allow`
// names, files read.
import { type Configured, composeTrust } from '../compose/assessor.ts'
import { readAllowed } from '../compose/judge.ts'
import { findUpdate, type Update } from '../compose/policy-update.ts'
import { type Finding, fail } from '../doctor/finding.ts'
import { preparePolicy } from '../policy/prepare.ts'
import { attempt } from './doctor-attempt.ts'

/** `about` of how many entries there are, unless they cannot be read or are none where there should be some. */
export async function aboutAllowed(configured: Configured, about: (count: number) => Finding): Promise<Finding> {
  const read = await attempt('allowed', async () => readAllowed(configured))
  if ('finding' in read) return read.finding
  if (read.value.length > 0 || configured.settings.allow.length === 0) return about(read.value.length)
  const files = configured.settings.allow.join(', ')
  return fail(
    'allowed',
    `gitsigil.allow names nobody: ${files} has no line`,
    'write a line ISSUER SUBJECT for each there',
  )
}

/** `about` of the policy at its ref and of what was in force before, unless it is not authentic or of no use. */
export async function aboutPolicy(configured: Configured, about: (update: Update) => Finding): Promise<Finding> {
  const found = await attempt('policy', async () => {
    const update = await findUpdate(configured)
    await preparePolicy(update.kept.document, composeTrust(configured).standard.name)
    return update
  })
  return 'finding' in found ? found.finding : about(found.value)
}

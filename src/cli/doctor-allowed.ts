// Whom `gitsigil.allow` names, files read as whatever verifies reads them.
import type { Configured } from '../compose/assessor.ts'
import { readAllowed } from '../compose/judge.ts'
import { type Finding, fail } from '../doctor/finding.ts'
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

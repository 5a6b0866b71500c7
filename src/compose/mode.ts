// Configuration becomes the way of signing: with the log entry inside the signature, or in online mode by the object's id.

import { describeSource } from '../config/resolve.ts'
import type { Services } from '../config/services.ts'
import { Fault } from '../errors.ts'
import { signPayload } from '../sign/sign.ts'
import { gitValue } from '../system/git-config.ts'
import type { Configured } from './assessor.ts'

/** Throws `config` for services and repositories that online mode does not go with. */
export async function composeMode(configured: Configured, services: Services): Promise<typeof signPayload> {
  if (configured.settings.rekorMode !== 'online') return signPayload
  checkOnline(configured, services)
  return (await import('../sign/online.ts')).signOnline
}

/** What is logged by the id of an object must be found by it, and there must be one such id. Throws `config`. */
function checkOnline({ sources, git }: Configured, { rekorVersion }: Services): void {
  const source = describeSource(sources.rekorMode)
  const hint = 'unset it: the log entry is then stored in the signature, and verifies without a network'
  if (rekorVersion === 2)
    throw new Fault('config', `${source}: rekorMode=online needs Rekor v1, because v2 has no search`, { hint })
  // Git signs such an object once for each format, and neither signature knows the other.
  if (gitValue(git, 'extensions.compatobjectformat') !== undefined)
    throw new Fault('config', `${source}: rekorMode=online does not go with extensions.compatObjectFormat`, { hint })
}

// Configuration becomes the way of signing: with the log entry inside the signature, or in online mode by the object's id.

import type { Checked } from '../agent/check.ts'
import { describeSource } from '../config/resolve.ts'
import type { Services } from '../config/services.ts'
import { Fault } from '../errors.ts'
import { type Ports, type SignedPayload, signPayload, witnessSigned } from '../sign/sign.ts'
import { gitValue } from '../system/git-config.ts'
import type { Configured } from './assessor.ts'

/** A way of signing. */
export interface Mode {
  readonly isOnline: boolean
  /** Throws `usage` for what cannot be signed so, before anybody is asked for an identity. */
  check(payload: Uint8Array): void
  /** With a key that nobody keeps. */
  readonly sign: typeof signPayload
  /** Has the log hold what the agent has signed. */
  witness(signed: Checked, ports: Pick<Ports, 'log' | 'timestamp'>): Promise<SignedPayload>
}

const EMBEDDED: Mode = { isOnline: false, check: () => undefined, sign: signPayload, witness: witnessSigned }

/** Throws `config` for services and repositories that online mode does not go with. */
export async function composeMode(configured: Configured, services: Services): Promise<Mode> {
  if (configured.settings.rekorMode !== 'online') return EMBEDDED
  checkOnline(configured, services)
  const { checkNameable, signOnline, witnessNamed } = await import('../sign/online.ts')
  return {
    isOnline: true,
    check: checkNameable,
    sign: signOnline,
    async witness({ named, leaf }, ports) {
      if (named === undefined) throw new Error('an answer of the agent that was checked for another mode')
      return await witnessNamed(named, named.idSignature, { leaf }, ports)
    },
  }
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

// What the doctor looks at in a bare repository, where nobody signs: the hook, and what it goes by, which no variable of
// the environment chooses.
import { type Configured, composeTrust } from '../compose/assessor.ts'
import { readHookConfiguration } from '../compose/hook.ts'
import { requireYoung } from '../compose/hook-look.ts'
import { unknownKeys } from '../config/resolve.ts'
import type { Finding } from '../doctor/finding.ts'
import { checkPolicy, checkUnknownKeys } from '../doctor/git.ts'
import { checkHooks, checkIgnored, checkMaxAge, checkPushers, checkSeed } from '../doctor/server.ts'
import { findHookFolder, type HookFolder, isExecutable, requireHooksPossible } from '../system/git-hooks.ts'
import { readSetting } from '../system/git-settings.ts'
import type { World } from '../system/world.ts'
import { attempt } from './doctor-attempt.ts'
import { findHooks } from './doctor-hooks.ts'
import { checkTrust } from './doctor-trust.ts'
import { aboutAllowed, aboutPolicy } from './doctor-who.ts'

const JUDGING = ['pre-receive', 'update'] as const

/** What chooses everywhere else whom a verification trusts. */
const CHOOSING = ['GITSIGIL_TRUSTED_ROOT', 'GITSIGIL_INSTANCE', 'GITSIGIL_ALLOW']

export async function examineServer(
  world: World,
  flags: ReadonlyMap<string, readonly string[]>,
): Promise<readonly Finding[]> {
  const judging = await findJudging(world, await findHookFolder(world))
  const hooks = 'finding' in judging ? [judging.finding] : judging.findings
  const configured = await attempt('options', () => readHookConfiguration(world, flags))
  if ('finding' in configured) return [...hooks, configured.finding]
  const { value } = configured
  return [
    ...hooks,
    ...checkUnknownKeys(unknownKeys(value.git)),
    ...checkIgnored(CHOOSING.filter((name) => world.env[name] !== undefined)),
    await aboutPushers(value, 'finding' in judging || judging.isJudged),
    ...(await aboutTrust(value)),
    checkSeed((await readSetting(world, 'receive.certNonceSeed')) !== undefined, value.settings.rewrites),
  ]
}

async function findJudging(
  world: World,
  place: HookFolder,
): Promise<{ readonly findings: readonly Finding[]; readonly isJudged: boolean } | { readonly finding: Finding }> {
  const { folder } = place
  const possible = await attempt('hook', async () => requireHooksPossible(place))
  if ('finding' in possible) return possible
  const found = await findHooks(world, folder, JUDGING)
  if ('finding' in found) return found
  const theirs = JUDGING.find((name) => isExecutable(folder, name))
  return { findings: checkHooks(found.value, folder, theirs), isJudged: found.value.length > 0 }
}

/** The hook brings a policy into force by itself. */
async function aboutPushers(configured: Configured, isJudged: boolean): Promise<Finding> {
  const { policyRoot, policyRef } = configured.settings
  if (policyRoot === undefined) return await aboutAllowed(configured, (count) => checkPushers(count, isJudged))
  return await aboutPolicy(configured, ({ kept, isBehind }) =>
    checkPolicy(policyRoot, policyRef, kept.commit, isBehind),
  )
}

async function aboutTrust(configured: Configured): Promise<readonly Finding[]> {
  const trust = await attempt('trust', async () => composeTrust(configured).standard)
  if ('finding' in trust) return [trust.finding]
  const { settings, world } = configured
  const age = await attempt('trust age', async () => requireYoung(configured, trust.value, world.now()))
  return [
    checkTrust({ instance: trust.value, configured }),
    'finding' in age ? age.finding : checkMaxAge(settings.trustMaxAge),
  ]
}

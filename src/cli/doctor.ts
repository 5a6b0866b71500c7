// `doctor`: looks at everything that signing and verifying need here, in a bare repository at what its hook needs, a line
// each: how it is, and what to do.
import { type Configured, readConfiguration } from '../compose/assessor.ts'
import { composeStanding, type Standing } from '../compose/standing.ts'
import { unknownKeys } from '../config/resolve.ts'
import type { Finding } from '../doctor/finding.ts'
import {
  checkAllowed,
  checkFormat,
  checkGitVersion,
  checkMinTrust,
  checkPolicy,
  checkProgram,
  checkRepository,
  checkSigning,
  checkUnknownKeys,
  setupFor,
} from '../doctor/git.ts'
import { checkHosts } from '../doctor/host.ts'
import { Fault } from '../errors.ts'
import { findGitFolder } from '../system/git-folder.ts'
import { isBareRepository } from '../system/git-hooks.ts'
import type { World } from '../system/world.ts'
import { attempt } from './doctor-attempt.ts'
import { findProgramFacts, type GitFacts, readGitFacts } from './doctor-git.ts'
import { aboutLocalHooks } from './doctor-hooks.ts'
import { askServices } from './doctor-network.ts'
import { lookAround } from './doctor-place.ts'
import { doctorJson, doctorText } from './doctor-report.ts'
import { checkTrust } from './doctor-trust.ts'
import { aboutAllowed, aboutPolicy } from './doctor-who.ts'
import { type FlagTable, isSet, parseFlags } from './flags.ts'

export const DOCTOR_FLAGS: FlagTable = {
  offline: { kind: 'switch', help: 'ask no service' },
  instance: { kind: 'value', value: 'NAME', help: 'name of the Sigstore instance' },
  json: { kind: 'switch', help: 'one JSON document on stdout' },
}

const BROKEN = 'mend what is named here, or run it in another folder'

/** Exit status 1 where something will not work. */
export async function doctorCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, DOCTOR_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'doctor takes no operands')
  const findings = await examine(world, flags.values, isSet(flags, 'offline'))
  world.write(1, isSet(flags, 'json') ? doctorJson(findings) : doctorText(findings))
  return findings.some(({ level }) => level === 'fail') ? 1 : 0
}

async function examine(
  world: World,
  flags: ReadonlyMap<string, readonly string[]>,
  offline: boolean,
): Promise<readonly Finding[]> {
  const git = await readGitFacts(world)
  const version = checkGitVersion(git.version)
  // Without Git there is no configuration either.
  if (git.version === undefined) return [version]
  const bare = await attempt('repository', () => isBareRepository(world), BROKEN)
  if ('finding' in bare) return [version, bare.finding]
  if (bare.value) return [version, ...(await (await import('./doctor-server.ts')).examineServer(world, flags))]
  const isRepository = (await findGitFolder(world)) !== undefined
  const aboutGit = [
    version,
    ...checkRepository(isRepository),
    ...(await examineGit(world, git, setupFor(isRepository))),
    ...(isRepository ? await aboutLocalHooks(world) : []),
  ]
  const configured = await attempt('options', () => readConfiguration(world, flags))
  if ('finding' in configured) return [...aboutGit, configured.finding]
  const about = [...aboutGit, ...(await aboutOptions(configured.value))]
  const standing = await attempt('trust', async () => composeStanding(configured.value))
  const rest = 'finding' in standing ? [standing.finding] : await examineStanding(standing.value, offline)
  return [...about, ...rest, ...checkHosts(git.remotes)]
}

async function examineGit(world: World, git: GitFacts, setup: string): Promise<readonly Finding[]> {
  const program = checkProgram(await findProgramFacts(world, git.get('gpg.x509.program')), setup)
  return [checkFormat(git.get, setup), program, checkSigning(git.get, setup), checkMinTrust(git.get)]
}

async function aboutOptions(configured: Configured): Promise<readonly Finding[]> {
  return [...checkUnknownKeys(unknownKeys(configured.git)), await aboutWho(configured)]
}

/** Who may sign: where there is a policy, it alone says so. */
async function aboutWho(configured: Configured): Promise<Finding> {
  const { trust, policyRoot, policyRef } = configured.settings
  if (policyRoot === undefined) return await aboutAllowed(configured, (count) => checkAllowed(count, trust))
  return await aboutPolicy(configured, ({ before, isBehind }) =>
    checkPolicy(policyRoot, policyRef, before?.commit, isBehind),
  )
}

async function examineStanding(standing: Standing, offline: boolean): Promise<readonly Finding[]> {
  const here = await lookAround(standing, offline)
  return [checkTrust(standing), ...here, ...(offline ? [] : await askServices(standing))]
}

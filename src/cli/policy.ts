// `policy init|check|test|explain|diff|update`: writing a policy, trying it, and having it in force.
import type { LoadOnline } from '../compose/further.ts'
import type { World } from '../system/world.ts'
import { noSuchAction } from './misspelt.ts'
import type { PolicyCommand } from './policy-flags.ts'

const COMMANDS: Readonly<Record<string, () => Promise<PolicyCommand>>> = {
  init: async () => (await import('./policy-init.ts')).initPolicy,
  check: async () => (await import('./policy-check.ts')).checkPolicy,
  test: async () => (await import('./policy-test.ts')).testPolicy,
  explain: async () => (await import('./policy-explain.ts')).explainPolicy,
  diff: async () => (await import('./policy-diff.ts')).diffPolicies,
  update: async () => (await import('./policy-update.ts')).updatePolicyCommand,
}

export async function policyCommand(
  world: World,
  [name, ...args]: readonly string[],
  online?: LoadOnline,
): Promise<number> {
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load === undefined) throw noSuchAction(world, 'policy', name, Object.keys(COMMANDS))
  return (await load())(world, args, online)
}

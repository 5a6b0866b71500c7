// What the commands under `hook` share: flags, names, and how Git calls a hook.
import { Fault } from '../errors.ts'
import { HOOKS, type HookName, isHookName } from '../hook/name.ts'
import type { FlagTable } from './flags.ts'

export const HOOK_FLAGS: FlagTable = {
  program: { kind: 'value', value: 'PATH', help: 'install: what the hooks are to run; found by itself unless given' },
  shared: { kind: 'switch', help: 'install: also where core.hooksPath names one folder for all repositories' },
}

/** What Git gave a hook. */
export interface HookCall {
  readonly name: HookName
  readonly args: readonly string[]
  /** Empty where Git writes nothing. */
  readonly input: Uint8Array
}

/** Throws `usage` for what is no hook of ours. */
export function hookNamed(name: string): HookName {
  if (isHookName(name)) return name
  throw new Fault('usage', `no hook is called ${JSON.stringify(name)}`, {
    hint: `there are ${Object.keys(HOOKS).join(', ')}`,
  })
}

/** Nobody said who may sign, so nobody may. */
export function requireExpected(isExpected: boolean): void {
  if (isExpected) return
  throw new Fault('config', 'nobody said who may push here, so nothing is taken', {
    hint: "in the repository on the server: git config --add gitsigil.allow 'ISSUER SUBJECT', or a policy",
  })
}

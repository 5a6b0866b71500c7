// The door people knock on: `gitsigil COMMAND [flags] [operands]`. Each command is loaded when it is called.
import { exitStatus, Fault, isClosed, unheardStatus } from '../errors.ts'
import type { World } from '../system/world.ts'
import { tellFailure } from '../tell.ts'
import { withNearest } from './misspelt.ts'

/** Runs with the arguments after its name; gives the exit status, or throws a fault. */
export type Command = (world: World, args: readonly string[]) => Promise<number>

// Handed to those who verify: by themselves they reach no network.
const loadOnline = async () => (await import('../compose/online.ts')).composeFinder

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  verify: async () => {
    const { verifyCommand } = await import('./verify.ts')
    return (world, args) => verifyCommand(world, args, loadOnline)
  },
  'verify-tag': async () => {
    const { verifyTagCommand } = await import('./verify.ts')
    return (world, args) => verifyTagCommand(world, args, loadOnline)
  },
  endorse: async () => (await import('./endorse.ts')).endorseCommand,
  policy: async () => {
    const { policyCommand } = await import('./policy.ts')
    return (world, args) => policyCommand(world, args, loadOnline)
  },
  'verify-bundle': async () => (await import('./verify-bundle.ts')).verifyBundleCommand,
  'sign-bundle': async () => (await import('./sign-bundle.ts')).signBundleCommand,
  bundle: async () => (await import('./bundle.ts')).bundleCommand,
  log: async () => (await import('./log.ts')).logCommand,
  monitor: async () => (await import('./monitor.ts')).monitorCommand,
  preserve: async () => (await import('./preserve.ts')).preserveCommand,
  reconcile: async () => {
    const { reconcileCommand } = await import('./reconcile.ts')
    return (world, args) => reconcileCommand(world, args, loadOnline)
  },
  show: async () => (await import('./show.ts')).showCommand,
  explain: async () => {
    const { explainCommand } = await import('./explain.ts')
    return (world, args) => explainCommand(world, args, loadOnline)
  },
  report: async () => (await import('./report.ts')).reportCommand,
  resign: async () => (await import('./resign.ts')).resignCommand,
  attest: async () => (await import('./attest.ts')).attestCommand,
  initialize: async () => (await import('./initialize.ts')).initializeCommand,
  login: async () => (await import('./login.ts')).loginCommand,
  logout: async () => (await import('./logout.ts')).logoutCommand,
  whoami: async () => (await import('./whoami.ts')).whoamiCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  setup: async () => (await import('./setup.ts')).setupCommand,
  hook: async () => (await import('./hook.ts')).hookCommand,
  sandbox: async () => (await import('./sandbox.ts')).sandboxCommand,
  agent: async () => (await import('./agent.ts')).agentCommand,
  version: async () => (await import('./version.ts')).versionCommand,
  help: async () => (await import('./help.ts')).helpCommand,
  'keychain-call': async () => (await import('./keychain-call.ts')).keychainCallCommand,
}

/**
 * Runs the command that the arguments name. A fault is told on stderr in one line, with its hint, and never with the usage;
 * that nobody reads any more is not told.
 */
export async function runCommand(world: World): Promise<number> {
  try {
    return await run(world)
  } catch (thrown) {
    return tell(world, await withNearest(thrown))
  }
}

function tell(world: World, thrown: unknown): number {
  try {
    if (!isClosed(thrown)) world.write(2, tellFailure(world, thrown))
    return exitStatus(thrown)
  } catch (unheard) {
    return unheardStatus(thrown, unheard)
  }
}

async function run(world: World): Promise<number> {
  const [name, ...args] = world.args
  if (name === undefined) throw new Fault('usage', 'no command given', { hint: `${world.name} help lists them` })
  const isHelp = name === '--help' || name === '-h' || args.includes('--help') || args.includes('-h')
  if (isHelp) return (await import('./help.ts')).helpCommand(world, name.startsWith('-') ? [] : [name])
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load === undefined) throw (await import('./help.ts')).unknownCommand(world, name)
  return (await load())(world, args)
}

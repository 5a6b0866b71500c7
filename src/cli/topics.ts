// What `help` says of each command; its flags are loaded with the command's own file.
import type { FlagTable } from './flags.ts'

export interface Topic {
  readonly usage: string
  readonly about: string
  flags(): Promise<FlagTable>
}

const none = async (): Promise<FlagTable> => ({})

/** By the names of the commands, in the order in which they are listed. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  verify: {
    usage: 'verify [REV] | verify A..B [C ...] | verify --all | --tags | --stdin',
    about: 'verify a commit, tag or push certificate, HEAD unless named; or all objects of a range',
    flags: async () => (await import('./verify.ts')).VERIFY_FLAGS,
  },
  'verify-tag': {
    usage: 'verify-tag TAG',
    about: 'verify a tag object',
    flags: async () => (await import('./verify.ts')).VERIFY_TAG_FLAGS,
  },
  policy: {
    usage: 'policy init|check|test|explain|diff|update',
    about: 'write a policy of who may sign what, try it, and have it in force',
    flags: async () => (await import('./policy-flags.ts')).POLICY_FLAGS,
  },
  endorse: {
    usage: 'endorse TAG',
    about: 'sign a tag that somebody else made, for a policy that asks for more than one',
    flags: async () => (await import('./endorse.ts')).ENDORSE_FLAGS,
  },
  'verify-bundle': {
    usage: 'verify-bundle --bundle FILE FILE|DIGEST',
    about: 'verify a Sigstore bundle over a file, or over sha256:HEX',
    flags: async () => (await import('./verify-bundle.ts')).VERIFY_BUNDLE_FLAGS,
  },
  'sign-bundle': {
    usage: 'sign-bundle --bundle FILE FILE',
    about: 'sign a file, or an in-toto statement, into a Sigstore bundle',
    flags: async () => (await import('./sign-bundle.ts')).SIGN_BUNDLE_FLAGS,
  },
  bundle: {
    usage: 'bundle export [REV] | bundle import --bundle FILE ARTIFACT',
    about: 'turn the signature of a Git object into a Sigstore bundle, or back; unverified',
    flags: async () => (await import('./bundle.ts')).BUNDLE_FLAGS,
  },
  log: {
    usage: 'log search|merge FILE...|get INDEX|UUID|verify INDEX|UUID|proof INDEX|UUID|proof --from SIZE|info',
    about: 'look into transparency logs: by object, hash, name, key; whether they only ever grew',
    flags: async () => (await import('./log.ts')).LOG_FLAGS,
  },
  monitor: {
    usage: 'monitor [FOLDER...]',
    about: 'watch logs for signatures as you, and say which object of these repositories each is of, or that none is',
    flags: async () => (await import('./monitor.ts')).MONITOR_FLAGS,
  },
  preserve: {
    usage: 'preserve [RANGE]',
    about:
      'keep the log entries of signatures in online mode (all, unless a range is given) as notes, so that they verify offline',
    flags: async () => (await import('./preserve.ts')).PRESERVE_FLAGS,
  },
  reconcile: {
    usage: 'reconcile [RANGE]',
    about: "look for every signature's log entry in the log itself, as of a head that goes on from what is remembered",
    flags: async () => (await import('./reconcile.ts')).RECONCILE_FLAGS,
  },
  show: {
    usage: 'show [REV]',
    about: 'print what a commit and its signature say, unverified',
    flags: async () => (await import('./show.ts')).SHOW_FLAGS,
  },
  explain: {
    usage: 'explain [REV]',
    about: 'say of each check what was compared, and which key, root, log and rule decided',
    flags: async () => (await import('./explain.ts')).EXPLAIN_FLAGS,
  },
  report: {
    usage: 'report merge FILE...',
    about: 'make one report of the shards of a run, as verify --shard I/N --format jsonl wrote them',
    flags: async () => (await import('./report.ts')).REPORT_COMMAND_FLAGS,
  },
  resign: {
    usage: 'resign A..[B]',
    about: 'sign your own commits anew that lack a good signature, and what of yours descends from them',
    flags: async () => (await import('./resign.ts')).RESIGN_FLAGS,
  },
  attest: {
    usage: 'attest',
    about: 'not supported yet',
    flags: async () => (await import('./attest.ts')).ATTEST_FLAGS,
  },
  initialize: {
    usage: 'initialize',
    about: "fetch an instance's trusted root by TUF",
    flags: async () => (await import('./initialize.ts')).INITIALIZE_FLAGS,
  },
  login: {
    usage: 'login',
    about: 'log in ahead of the first signature; nothing is published',
    flags: async () => (await import('./login.ts')).LOGIN_FLAGS,
  },
  logout: {
    usage: 'logout',
    about: 'forget the logins that are kept, and end the agent',
    flags: async () => (await import('./logout.ts')).LOGOUT_FLAGS,
  },
  whoami: {
    usage: 'whoami',
    about: 'say who you would sign as; nothing is published',
    flags: async () => (await import('./whoami.ts')).WHOAMI_FLAGS,
  },
  status: {
    usage: 'status',
    about: 'instance, identity, agent and keychain in a few lines',
    flags: async () => (await import('./status.ts')).STATUS_FLAGS,
  },
  doctor: {
    usage: 'doctor',
    about: 'look at everything that signing needs here, or a hook in a bare repository, and say what to do',
    flags: async () => (await import('./doctor.ts')).DOCTOR_FLAGS,
  },
  setup: {
    usage: 'setup',
    about: 'make Git sign and verify with this program, or undo that',
    flags: async () => (await import('./setup.ts')).SETUP_FLAGS,
  },
  hook: {
    usage: 'hook install [NAME...] | hook uninstall [NAME...] | hook run NAME',
    about: 'judge what is pushed, pulled or merged: pre-receive, update, pre-push, post-merge, post-checkout',
    flags: async () => (await import('./hook-call.ts')).HOOK_FLAGS,
  },
  agent: {
    usage: 'agent start|status|stop',
    about: 'the process that keeps a login for as long as its certificate is valid; signing starts it by itself',
    flags: async () => (await import('./agent.ts')).AGENT_FLAGS,
  },
  sandbox: {
    usage: 'sandbox start|status|stop|env|token',
    about: 'a complete Sigstore on this machine, for trying and testing only',
    flags: async () => (await import('./sandbox-flags.ts')).SANDBOX_FLAGS,
  },
  version: {
    usage: 'version',
    about: 'print the version',
    flags: async () => (await import('./version.ts')).VERSION_FLAGS,
  },
  help: { usage: 'help [COMMAND|options]', about: "print this, a command's flags, or all options", flags: none },
}

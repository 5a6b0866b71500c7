// Every option there is: the README's table, the help and the resolution are made from this one table. Options that
// gitsign has too are also read from its keys and environment names.
import {
  choice,
  choiceOr,
  file,
  fullRef,
  list,
  matching,
  natural,
  naturalOr,
  type Option,
  sigstoreEnv,
  text,
  textOr,
  truth,
  url,
} from './option.ts'

/** gitsign's names, and two of ours: `gitlab` and `circleci`. */
export const TOKEN_PROVIDERS = [
  'interactive',
  'device',
  'spiffe',
  'google-workload-identity',
  'google-impersonate',
  'github-actions',
  'filesystem',
  'buildkite-agent',
  'envvar',
  'gitlab',
  'circleci',
] as const

const rekorModes = ['offline', 'online'] as const
const agentModes = ['auto', 'true', 'false'] as const
const forwardModes = ['false', 'true', 'confirm'] as const
const rewriteModes = ['signed', 'any'] as const
const trustModes = ['policy', 'committer', 'any'] as const
const confirmModes = ['true', 'false', 'always'] as const

export const OPTIONS = {
  // What is trusted, and whom.
  trustedRoot: file({ env: ['GITSIGIL_TRUSTED_ROOT'], flag: 'trusted-root', help: 'trusted_root.json to verify with' }),
  instance: text({ env: ['GITSIGIL_INSTANCE'], flag: 'instance', help: 'name of the Sigstore instance to use' }),
  allow: list('ISSUER SUBJECT|FILE', {
    env: ['GITSIGIL_ALLOW'],
    flag: 'allow',
    help: 'an identity whose signatures are trusted, or a file of such lines',
  }),
  trust: choiceOr<(typeof trustModes)[number]>(trustModes, 'policy', {
    env: ['GITSIGIL_TRUST'],
    help: "trust to report to Git: by the allowed identities, also by the committer's address, or of anybody",
  }),
  committerIssuer: list('ISSUER', {
    env: ['GITSIGIL_COMMITTER_ISSUER'],
    help: 'issuer whose word counts for trust=committer',
  }),
  policyRoot: matching(
    'COMMIT|sha256:HEX',
    /^(?:sha256:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{64})$/,
    'not a full commit id or sha256: and 64 hexadecimal digits',
    {
      env: [],
      help: 'where trust in the policy starts: a commit whose policy is good, or the digest of a good policy file',
    },
  ),
  policyRef: fullRef('refs/heads/main', { env: [], help: 'ref whose policy is in force, once it is authenticated' }),
  policy: file({
    git: false,
    env: [],
    flag: 'policy',
    help: 'policy file to judge by, instead of the one that is in force',
  }),
  insecureIgnoreSCT: truth(false, {
    env: ['GITSIGIL_INSECURE_IGNORE_SCT'],
    flag: 'insecure-ignore-sct',
    help: 'accept certificates without proof of publication',
  }),
  trustMaxAge: naturalOr(undefined, {
    env: [],
    help: 'days after which a hook takes nothing on the word of a trusted root that was not refreshed; hook install sets 30',
  }),
  rewrites: choiceOr<(typeof rewriteModes)[number]>(rewriteModes, 'signed', {
    env: [],
    help:
      'what a hook asks of deletions, tags that move and pushes that do not go forward: ' +
      'that the push is signed, or nothing',
  }),
  fulcioRoot: file({ gitsign: true, env: sigstoreEnv('FULCIO_ROOT'), help: "PEM of the certificate authority's root" }),
  timestampCertChain: file({
    gitsign: true,
    env: sigstoreEnv('TIMESTAMP_CERT_CHAIN'),
    help: "PEM chain of the timestamp authority's certificate",
  }),
  rekorPublicKey: file({
    env: ['GITSIGIL_REKOR_PUBLIC_KEY', 'SIGSTORE_REKOR_PUBLIC_KEY'],
    help: "PEM of the log's key",
  }),
  ctLogPublicKey: file({
    env: ['GITSIGIL_CT_LOG_PUBLIC_KEY_FILE', 'SIGSTORE_CT_LOG_PUBLIC_KEY_FILE'],
    help: "PEM of the certificate log's key",
  }),
  rootFile: file({ git: false, env: ['SIGSTORE_ROOT_FILE'], help: 'the same as fulcioRoot, as older clients call it' }),
  tufMirror: url({ git: false, env: ['TUF_MIRROR'], help: 'TUF repository that initialize reads' }),
  tufRoot: text({ git: false, env: ['TUF_ROOT'], help: 'folder of the TUF cache' }),

  // Services that signing uses.
  signingConfig: file({
    env: ['GITSIGIL_SIGNING_CONFIG'],
    flag: 'signing-config',
    help: 'signing config to sign with',
  }),
  fulcio: url({ gitsign: true, env: sigstoreEnv('FULCIO_URL'), help: 'base URL of the certificate authority' }),
  rekor: url({ gitsign: true, env: sigstoreEnv('REKOR_URL'), help: 'base URL of the transparency log' }),
  rekorMode: choiceOr<(typeof rekorModes)[number]>(rekorModes, 'offline', {
    gitsign: true,
    env: ['GITSIGIL_REKOR_MODE', 'GITSIGN_REKOR_MODE'],
    help: 'offline: the log entry is stored in the signature; online: it is looked up in the log, on verifying too',
  }),
  rekorVersion: choice(['1', '2'], {
    gitsign: true,
    env: sigstoreEnv('REKOR_VERSION'),
    help: "version of the log's interface",
  }),
  timestampServerURL: url({
    gitsign: true,
    env: sigstoreEnv('TIMESTAMP_SERVER_URL'),
    help: 'full URL of a timestamp server (RFC 3161)',
  }),

  // Who signs.
  matchCommitter: truth(false, {
    gitsign: true,
    env: [],
    help: "refuse to sign unless the certificate's identity is user.email, or user.name for a URI",
  }),
  identity: list('[ISSUER ]SUBJECT', {
    env: ['GITSIGIL_IDENTITY'],
    help: 'an identity to sign as; as anybody else nothing is signed',
  }),
  confirmIdentity: choiceOr<(typeof confirmModes)[number]>(
    confirmModes,
    'true',
    {
      env: ['GITSIGIL_CONFIRM_IDENTITY'],
      help: 'show once, for each new identity, what will be public, and ask at a terminal; always: only if confirmed',
    },
    { yes: 'true', on: 'true', 1: 'true', no: 'false', off: 'false', 0: 'false' },
  ),
  identityToken: text({
    env: ['GITSIGIL_ID_TOKEN', 'SIGSTORE_ID_TOKEN'],
    flag: 'identity-token',
    help: 'OIDC token; - or the path of a file that holds it is safer than the token itself',
  }),
  tokenProvider: choiceOr<(typeof TOKEN_PROVIDERS)[number] | undefined>(
    TOKEN_PROVIDERS,
    undefined,
    { gitsign: true, env: sigstoreEnv('TOKEN_PROVIDER'), help: 'where the token comes from' },
    { 'google-impersonation': 'google-impersonate' },
  ),
  tokenFile: file({ env: ['GITSIGIL_TOKEN_FILE'], help: 'file of the filesystem token provider' }),
  issuer: url({ gitsign: true, env: sigstoreEnv('OIDC_ISSUER'), help: 'OIDC issuer to log in at' }),
  clientID: textOr('sigstore', { gitsign: true, env: sigstoreEnv('OIDC_CLIENT_ID'), help: 'OIDC client id' }),
  clientSecretFile: file({
    gitsign: true,
    env: sigstoreEnv('OIDC_CLIENT_SECRET_FILE'),
    help: 'file with the OIDC client secret',
  }),
  redirectURL: url({ gitsign: true, env: sigstoreEnv('OIDC_REDIRECT_URL'), help: 'OIDC redirect URL' }),
  connectorID: text({ gitsign: true, env: sigstoreEnv('CONNECTOR_ID'), help: 'Dex connector to log in with' }),
  autoclose: truth(true, { gitsign: true, env: sigstoreEnv('AUTOCLOSE'), help: "close the login's browser page" }),
  autocloseTimeout: natural(6, {
    gitsign: true,
    env: sigstoreEnv('AUTOCLOSE_TIMEOUT'),
    help: 'seconds until the page closes',
  }),
  urlOpener: text({
    gitsign: true,
    env: ['GITSIGIL_URL_OPENER', 'GITSIGN_URL_OPENER'],
    help: 'command that opens the login, with {{.URL}} in it; run without a shell',
  }),
  keychain: truth(true, {
    env: ['GITSIGIL_KEYCHAIN'],
    help: "keep logins (refresh tokens) in the system's keychain",
  }),
  // A day: the runtime's timers end at once where they are given more than 24.
  loginTimeout: natural(
    120,
    { env: ['GITSIGIL_LOGIN_TIMEOUT'], help: 'seconds that a login may take' },
    { least: 1, most: 86_400 },
  ),
  credentialCache: text({
    git: false,
    env: ['GITSIGIL_CREDENTIAL_CACHE', 'GITSIGN_CREDENTIAL_CACHE'],
    help: "socket of gitsign's credential cache; not used, because it hands out the private key",
  }),
  agent: choiceOr<(typeof agentModes)[number]>(agentModes, 'auto', {
    env: ['GITSIGIL_AGENT'],
    help: 'keep a login for as long as its certificate is valid, in a process of its own; true also says why it cannot',
  }),
  agentSocket: file({
    git: false,
    env: ['GITSIGIL_AGENT_SOCK'],
    help: "socket of another machine's agent, forwarded to this one",
  }),
  agentForward: choiceOr<(typeof forwardModes)[number]>(forwardModes, 'false', {
    env: ['GITSIGIL_AGENT_FORWARD'],
    help: 'let the agent be forwarded to other machines; confirm: each use is asked for, by SSH_ASKPASS',
  }),

  // Where a monitor tells what it saw.
  // Checked where it is used: a fault of the options would repeat it, and it may be a secret.
  webhook: matching('URL', /./, 'empty', {
    git: false,
    env: ['GITSIGIL_WEBHOOK'],
    flag: 'webhook',
    help: 'URL that monitor posts each alert to; the environment hides one that is a secret',
  }),
  webhookSecret: text({
    git: false,
    env: ['GITSIGIL_WEBHOOK_SECRET'],
    help: 'secret that signs what is posted (HMAC-SHA-256)',
  }),
  smtpPassword: text({
    git: false,
    env: ['GITSIGIL_SMTP_PASSWORD'],
    help: 'password of the mail server that monitor --smtp names',
  }),

  // The rest.
  logPath: file({
    gitsign: true,
    env: ['GITSIGIL_LOG', 'GITSIGN_LOG'],
    help: 'file that messages are appended to as well',
  }),
  enableSigstoreGo: truth(true, {
    gitsign: true,
    env: ['GITSIGIL_ENABLE_SIGSTORE_GO', 'GITSIGN_ENABLE_SIGSTORE_GO'],
    help: 'accepted and without effect',
  }),
} as const satisfies Readonly<Record<string, Option<unknown>>>

export type OptionName = keyof typeof OPTIONS
export type ValueOf<K extends OptionName> = (typeof OPTIONS)[K]['default']

// The import table: for each room of src/, all that it may reach, itself or through what it imports. A row is an
// allow-list, so a new import, Node module, package or global stands here before it is used anywhere.
import { globSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { graphOf } from '../scripts/bundler.ts'
import { type FileUse, globalsOf, type Row, reachedFrom, roomOf, usesOf, violations } from './support/imports.ts'

const FORMATS = 'base asn1 x509'
const EVIDENCE = `${FORMATS} proto cms trust fulcio rekor tsa`
const PURE = 'buffer crypto'
const CLIENTS = 'fulcio-client rekor-client tsa-client trust-client oidc-client'

// What comes with `system`: the disk, children, the terminal, the network, and the globals that go with them.
const SYSTEM = {
  node: `${PURE} path fs child_process tty http http2 net os process v8 worker_threads`,
  globals: 'async clock later network process random',
}

const WIRED =
  `${EVIDENCE} bundle attest verify policy report history git sign oidc ` +
  `config system ${CLIENTS} agent monitor scan compose`
const KEYTAR = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64']
  .map((platform) => `@github/keytar/prebuilds/${platform}/keytar.node`)
  .join(' ')
/** What the second opinion is made of. */
const OTHERS = '@sigstore/bundle @sigstore/protobuf-specs @sigstore/verify'
const TUF = 'tuf-js tuf-js/dist/error.js'
const LOGIN = 'open openid-client'
/** What hands over the mails of a monitor. */
const MAIL = 'nodemailer/lib/smtp-connection'
/** What reads policies, each loaded only where a policy asks for it. */
const POLICY = 're2js yaml @bufbuild/cel'
const SANDBOX = [
  'jose @tufjs/models',
  ...['provider', 'adapters/memory_adapter', 'helpers/interaction_policy/index', 'helpers/lru'].map(
    (part) => `oidc-provider/lib/${part}.js`,
  ),
].join(' ')

/** Bottom to top. `base` is what lies directly in src/; ROOM-client the files of a folder that speak to a service. */
const TABLE: Readonly<Record<string, Row>> = {
  base: { rooms: '', node: 'buffer' },
  asn1: { rooms: 'base', node: 'buffer' },
  x509: { rooms: 'base asn1', node: PURE },
  cms: { rooms: FORMATS, node: PURE },
  proto: { rooms: 'base', node: 'buffer' },
  git: { rooms: 'base', node: PURE },
  trust: { rooms: FORMATS, node: `${PURE} path` },
  fulcio: { rooms: `${FORMATS} trust`, node: PURE },
  rekor: { rooms: `${FORMATS} proto trust`, node: PURE },
  tsa: { rooms: `${FORMATS} cms trust`, node: PURE },
  oidc: { rooms: 'base proto', node: PURE, globals: 'async' },
  bundle: { rooms: EVIDENCE, node: PURE },
  verify: { rooms: `${EVIDENCE} bundle git`, node: PURE },
  attest: { rooms: `${EVIDENCE} bundle git`, node: PURE },
  opinion: { rooms: `${EVIDENCE} bundle verify`, node: PURE, packages: OTHERS },
  policy: { rooms: `${EVIDENCE} verify`, node: PURE, packages: POLICY, globals: 'async' },
  report: { rooms: `${EVIDENCE} verify policy`, node: PURE, packages: 're2js' },
  history: { rooms: `${EVIDENCE} verify policy report git`, node: PURE, packages: 're2js', globals: 'async' },
  monitor: {
    rooms: `${EVIDENCE} bundle verify policy report git history`,
    node: PURE,
    packages: 're2js',
    globals: 'async',
  },
  sign: { rooms: `${EVIDENCE} bundle git`, node: PURE, globals: 'async' },
  config: { rooms: `${FORMATS} trust`, node: PURE },
  system: { rooms: 'base git', packages: `open ${MAIL}`, ...SYSTEM },
  'fulcio-client': { rooms: `${FORMATS} trust fulcio system`, ...SYSTEM },
  'rekor-client': { rooms: `${FORMATS} proto trust rekor system`, ...SYSTEM },
  scan: { rooms: `${FORMATS} proto trust fulcio rekor rekor-client system`, ...SYSTEM },
  'tsa-client': { rooms: `${FORMATS} cms trust tsa system`, ...SYSTEM },
  'oidc-client': { rooms: 'base proto oidc system', packages: LOGIN, ...SYSTEM },
  'trust-client': { rooms: `${FORMATS} trust system`, packages: TUF, ...SYSTEM },
  clients: { rooms: `${EVIDENCE} bundle git sign oidc system ${CLIENTS}`, ...SYSTEM },
  agent: { rooms: `${EVIDENCE} bundle git oidc sign verify system`, ...SYSTEM },
  compose: { rooms: `${WIRED} hook`, packages: `${POLICY} ${TUF} ${LOGIN} ${MAIL}`, ...SYSTEM },
  gpg: { rooms: WIRED, packages: `${POLICY} ${TUF} ${LOGIN}`, ...SYSTEM },
  setup: { rooms: 'base', node: 'buffer' },
  resign: { rooms: 'base git', node: PURE },
  doctor: { rooms: 'base' },
  hook: { rooms: 'base git', node: PURE, globals: 'async' },
  keychain: { rooms: 'base system', packages: KEYTAR, ...SYSTEM, node: `${SYSTEM.node} module` },
  sandbox: {
    rooms: `${EVIDENCE} bundle git oidc sign system`,
    packages: SANDBOX,
    node: `${SYSTEM.node} fs/promises net stream process`,
    globals: SYSTEM.globals,
  },
  cli: {
    rooms: `${WIRED} opinion sandbox keychain setup doctor hook resign`,
    packages: `${POLICY} ${TUF} ${LOGIN} ${MAIL} ${SANDBOX} ${KEYTAR} ${OTHERS}`,
    node: `${SYSTEM.node} fs/promises net stream module`,
    globals: SYSTEM.globals,
  },
  main: {
    rooms: `${WIRED} opinion sandbox keychain setup doctor hook resign gpg cli`,
    packages: `${POLICY} ${TUF} ${LOGIN} ${MAIL} ${SANDBOX} ${KEYTAR} ${OTHERS}`,
    node: `${SYSTEM.node} fs/promises net stream module`,
    globals: SYSTEM.globals,
  },
  index: { rooms: `${EVIDENCE} bundle verify policy git sign report`, node: PURE, packages: 're2js', globals: 'async' },
}

const uses = usesOf(await graphOf(globSync('src/**/*.ts')))

test('every room reaches only what its row of the import table lists', () => {
  expect(violations(uses, TABLE)).toEqual([])
})

test('every folder of src/ has a row', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).filter((name) => TABLE[name] === undefined)).toEqual([])
})

test('verifying, at either door, reaches nothing that speaks to a network', () => {
  const doors = [
    'src/gpg/verify.ts',
    'src/cli/verify.ts',
    'src/cli/explain.ts',
    'src/cli/hook-run.ts',
    'src/cli/show.ts',
    'src/compose/assessor.ts',
    'src/index.ts',
  ]
  const reached = doors.flatMap((path) => reachedFrom(uses, path))
  const online = reached.filter(
    ([, use]) => ['http', 'http2', 'net'].some((name) => use.node.includes(name)) || use.globals.includes('network'),
  )
  expect(reached.length).toBeGreaterThan(100)
  expect([...new Set(online.map(([path]) => path))]).toEqual([])
})

test("Git's verify door reaches no package but regular expressions and, for a policy that has some, CEL: no YAML", () => {
  const packages = reachedFrom(uses, 'src/gpg/verify.ts').flatMap(([, use]) => use.packages)
  expect([...new Set(packages)].sort()).toEqual(['@bufbuild/cel', 're2js'])
})

test('few files know the process they run in: what starts it again, asks whether it is Bun, or lives as one', () => {
  const knowing = [...uses].filter(([, use]) => use.globals.includes('process') || use.node.includes('process'))
  expect(knowing.map(([path]) => path).sort()).toEqual([
    'src/agent/own.ts',
    'src/keychain/addon.ts',
    'src/sandbox/process.ts',
    'src/system/child.ts',
    'src/system/lock.ts',
    'src/system/long-run.ts',

    'src/system/proxy.ts',
    'src/system/self.ts',
  ])
})

describe('the table is held against', () => {
  const nothing: FileUse = { files: [], node: [], packages: [], globals: [] }
  const planted = (path: string, use: Partial<FileUse>) =>
    violations(new Map([...uses, [path, { ...nothing, ...use }]]), TABLE).filter((breach) => breach.startsWith(path))

  test('an import of a room above', () => {
    expect(planted('src/asn1/x.ts', { files: ['src/cms/armor.ts'] })).toContain(
      'src/asn1/x.ts reaches src/cms/armor.ts',
    )
  })

  test('a client reached through a room that may be imported', () => {
    const found = violations(
      new Map([
        ['src/verify/x.ts', { ...nothing, files: ['src/rekor/x.ts'] }],
        ['src/rekor/x.ts', { ...nothing, files: ['src/rekor/client.ts'] }],
        ['src/rekor/client.ts', nothing],
      ]),
      TABLE,
    )
    expect(found).toContain('src/verify/x.ts reaches src/rekor/client.ts')
  })

  test('a Node module, a package and a global', () => {
    expect(planted('src/verify/x.ts', { node: ['fs'] })).toEqual(['src/verify/x.ts reaches node:fs by src/verify/x.ts'])
    expect(planted('src/cms/x.ts', { packages: ['pkijs'] })).toEqual(['src/cms/x.ts reaches pkijs by src/cms/x.ts'])
    expect(planted('src/policy/x.ts', { globals: ['clock'] })).toEqual([
      'src/policy/x.ts reaches clock globals by src/policy/x.ts',
    ])
  })

  test('a folder without a row', () => {
    expect(planted('src/util/x.ts', {})).toEqual(['src/util/x.ts: no row for util'])
  })

  test.each([
    ['network', 'export const get = (url: string) => fetch(url)'],
    ['network', 'const { WebSocket: Socket } = { WebSocket }; export { Socket }'],
    ['clock', 'export const at = Date.now()'],
    ['clock', 'export const at = new Date()'],
    ['clock', 'export const at = new Date'],
    ['process', 'export const who = process.env.USER'],
    ['process', 'export const go = globalThis.fetch'],
    ['async', 'export async function f() {}'],
    ['async', 'export const f = Promise.resolve'],
    ['code', 'export const f = eval'],
  ])('a use of %s globals: %s', (kind, source) => {
    expect(globalsOf(source)).toContain(kind)
  })

  test.each([
    'export const text = "process.env and fetch(x), async"',
    '/** Date.now() */ export const at = new Date(0)',
    'export const f = (fetch: () => number, process: { env: number }) => fetch() + process.env',
    'export const f = (x: { fetch: number }) => x.fetch',
  ])('but not a comment, a string, a member or a local name: %s', (source) => {
    expect(globalsOf(source)).toEqual([])
  })
})

test('the clients of a folder are a room of their own', () => {
  expect(
    ['src/rekor/client-v1.ts', 'src/trust/tuf-client.ts', 'src/rekor/claim.ts', 'src/sandbox/log/read.ts'].map(roomOf),
  ).toEqual(['rekor-client', 'trust-client', 'rekor', 'sandbox'])
})

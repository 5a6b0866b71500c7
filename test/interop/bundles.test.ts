// Bundles that `sign-bundle` makes on the sandbox are accepted by the npm and the PyPI client, and theirs by us: files and
// in-toto statements, Rekor v1 and v2.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sign as signByNpm, verify as verifyByNpm } from 'sigstore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const EMAIL = 'kim@example.com'
const python = fileURLToPath(new URL('../../.venv/bin/sigstore', import.meta.url))
const hasPython = existsSync(python)
if (!hasPython) console.warn('skipped: .venv has no Python Sigstore client; run ./scripts/python')

const folder = temporaryFolder('bundles')
const artifact = Buffer.from('an artifact\r\n\xff', 'latin1')
const statement = JSON.stringify({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'artifact', digest: { sha256: createHash('sha256').update(artifact).digest('hex') } }],
  predicateType: 'https://example.com/predicate/v1',
  predicate: {},
})
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
  put('artifact', artifact)
  put('statement', statement)
})
afterAll(() => sandbox.close())

function put(name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

/** The sandbox's signing config, less the logs of the other version. */
function configFor(version: number): string {
  const config = JSON.parse(new TextDecoder().decode(sandbox.signingConfig))
  const logs = config.rekorTlogUrls.filter((log: { majorApiVersion: number }) => log.majorApiVersion === version)
  return put(`signing_config.v${version}.json`, JSON.stringify({ ...config, rekorTlogUrls: logs }))
}

async function signBundle(command: readonly string[], version: number, inToto: boolean): Promise<string> {
  const bundle = join(folder, `v${version}${inToto ? '.in-toto' : ''}.sigstore.json`)
  const token = await sandbox.mintToken({ email: EMAIL })
  const trust = [
    '--trusted-root',
    put('trusted_root.json', sandbox.trustedRoot),
    '--signing-config',
    configFor(version),
  ]
  const flags = [...(inToto ? ['--in-toto'] : []), '--identity-token', token, '--bundle', bundle, ...trust]
  const file = join(folder, inToto ? 'statement' : 'artifact')
  const ran = await runProgram([...command, 'sign-bundle', ...flags, file], { cwd: folder })
  expect(ran).toMatchObject({ status: 0, stdout: '' })
  return bundle
}

function verifyBundle(command: readonly string[], bundle: string, file: string) {
  const signer = ['--certificate-identity', EMAIL, '--certificate-oidc-issuer', sandbox.urls.issuer]
  const trust = ['--trusted-root', put('trusted_root.json', sandbox.trustedRoot)]
  return runProgram([...command, 'verify-bundle', '--bundle', bundle, ...signer, ...trust, file], { cwd: folder })
}

async function acceptedByPython(bundle: string): Promise<string> {
  const config = join(sandbox.directory, 'client_trust_config.json')
  const signer = ['--cert-identity', EMAIL, '--cert-oidc-issuer', sandbox.urls.issuer]
  const args = ['--trust-config', config, 'verify', 'identity', '--bundle', bundle, ...signer, join(folder, 'artifact')]
  const env = {
    PATH: process.env['PATH'],
    COLUMNS: '1000',
    HOME: folder,
    XDG_CACHE_HOME: folder,
    XDG_DATA_HOME: folder,
  }
  const { stdout, stderr } = await promisify(execFile)(python, args, { env })
  return stdout + stderr
}

async function acceptedByNpm(bundle: string, inToto: boolean): Promise<string | undefined> {
  const options = {
    tufMirrorURL: sandbox.urls.tuf,
    tufRootPath: join(sandbox.directory, 'tuf/root.json'),
    tufCachePath: join(folder, 'tuf'),
    certificateIdentityEmail: EMAIL,
    certificateIssuer: sandbox.urls.issuer,
  }
  const json = JSON.parse(readFileSync(bundle, 'utf8'))
  const signer = inToto ? await verifyByNpm(json, options) : await verifyByNpm(json, artifact, options)
  return signer.identity?.subjectAlternativeName
}

const made = builds.flatMap(({ name, command }) =>
  [1, 2].flatMap((version) => [false, true].map((inToto) => ({ name, command, version, inToto }))),
)

describe.each(made)('sign-bundle, $name, Rekor v$version, in-toto $inToto', ({ command, version, inToto }) => {
  let bundle: string
  beforeAll(async () => {
    bundle = await signBundle(command, version, inToto)
  })

  test('is accepted by verify-bundle for its artifact, and refused for another', async () => {
    expect(await verifyBundle(command, bundle, join(folder, 'artifact'))).toMatchObject({ status: 0, stderr: '' })
    const other = await verifyBundle(command, bundle, put('other', 'other'))
    expect(other).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('not accepted (digest)') })
  })

  test('is accepted by the npm client', async () => {
    expect(await acceptedByNpm(bundle, inToto)).toBe(EMAIL)
  })

  test.skipIf(!hasPython)('is accepted by the PyPI client', async () => {
    expect(await acceptedByPython(bundle)).toContain('OK: ')
  })
})

test('sign-bundle --in-toto logs in the kind that each log has for it', async () => {
  const kinds = await Promise.all(
    [1, 2].map(async (version) => {
      const bundle = JSON.parse(readFileSync(await signBundle(builds[0]?.command ?? [], version, true), 'utf8'))
      return bundle.verificationMaterial.tlogEntries[0].kindVersion
    }),
  )
  expect(kinds).toEqual([
    { kind: 'dsse', version: '0.0.1' },
    { kind: 'hashedrekord', version: '0.0.2' },
  ])
})

test('what the npm client attests on Rekor v1 is accepted by verify-bundle', async () => {
  const { attest } = await import('sigstore')
  const bundle = await attest(Buffer.from(statement), 'application/vnd.in-toto+json', {
    fulcioURL: sandbox.urls.fulcio,
    rekorURL: sandbox.urls.rekor1,
    identityToken: await sandbox.mintToken({ email: EMAIL }),
  })
  const path = put('attested.json', JSON.stringify(bundle))
  for (const { command } of builds)
    expect(await verifyBundle(command, path, join(folder, 'artifact'))).toMatchObject({ status: 0, stderr: '' })
})

test('a file signed by the npm client is accepted by verify-bundle, its older media type too', async () => {
  const bundle = await signByNpm(artifact, {
    fulcioURL: sandbox.urls.fulcio,
    rekorURL: sandbox.urls.rekor1,
    identityToken: await sandbox.mintToken({ email: EMAIL }),
  })
  const path = put('signed.json', JSON.stringify(bundle))
  for (const { command } of builds)
    expect(await verifyBundle(command, path, join(folder, 'artifact'))).toMatchObject({ status: 0, stderr: '' })
})

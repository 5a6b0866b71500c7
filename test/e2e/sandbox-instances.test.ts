// Ways to say which Sigstore it is: a signing config, an instance fetched by TUF, a timestamp server by hand, and nothing
// but what gitsign reads, under gitsign's name.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData } from '../../src/cms/signed-data.ts'
import { splitCommit } from '../../src/git/object.ts'
import { installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Repository, runProgram } from '../support/repository.ts'
import {
  allow,
  commit,
  configure,
  createOnSandbox,
  initRepository,
  shown,
  signAs,
} from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

describe.each(kinds)('instances, $name', (build) => {
  const folder = temporaryFolder('e2e')
  const program = installed(build)
  let sandbox: SandboxProcess
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
  })
  afterAll(() => sandbox.stop())

  /** Version of the log entry's kind and whether there is a timestamp, as HEAD's signature has them. */
  function evidence(repository: Repository): { readonly hasTimestamp: boolean; readonly version: string } {
    const { stdout } = repository.tryGit(['cat-file', 'commit', 'HEAD'])
    const { signature = new Uint8Array() } = splitCommit(Buffer.from(stdout), 'sha1')
    const { timestampToken } = parseSignedData(parseArmor(signature))
    const json = runJson(repository)
    return { hasTimestamp: timestampToken !== undefined, version: json.log.version }
  }

  function runJson(repository: Repository): { readonly log: { readonly version: string } } {
    const alias = `!${program} verify --json`
    return JSON.parse(repository.tryGit(['-c', `alias.v=${alias}`, 'v']).stdout)
  }

  test.each([
    ['1', '0.0.1', false],
    ['2', '0.0.2', true],
  ] as const)('the signing config alone, with rekorVersion %s', async (rekorVersion, version, hasTimestamp) => {
    const repository = initRepository(folder, `config-${rekorVersion}`)
    const [trustedRoot, signingConfig] = ['trusted_root', 'signing_config'].map(
      (name) => `${folder}/sandbox/${name}.json`,
    )
    configure(repository, { 'gpg.x509.program': program, 'gitsigil.rekorVersion': rekorVersion })
    configure(repository, { 'gitsigil.trustedRoot': trustedRoot ?? '', 'gitsigil.signingConfig': signingConfig ?? '' })
    await signAs(repository, sandbox)
    allow(repository, sandbox)
    await commit(repository, 'one')
    expect(shown(repository, '%G? %GS', 'HEAD')).toBe('G kim@example.com')
    expect(evidence(repository)).toEqual({ version, hasTimestamp })
  })

  test('a timestamp server that is configured by hand stamps a v1 signature too', async () => {
    const repository = await createOnSandbox(folder, 'stamped', { program, sandbox })
    configure(repository, { 'gitsigil.timestampServerURL': `${sandbox.urls.tsa}/api/v1/timestamp` })
    allow(repository, sandbox)
    await commit(repository, 'one')
    expect(shown(repository, '%G?', 'HEAD')).toBe('G')
    expect(evidence(repository)).toEqual({ version: '0.0.1', hasTimestamp: true })
  })

  test('an instance that initialize fetched by TUF is all that a repository needs to name', async () => {
    const repository = initRepository(folder, 'named')
    const name = `sandbox-${build.name}`
    const root = `${sandbox.urls.tuf}/1.root.json`
    const bytes = new Uint8Array(await (await fetch(root)).arrayBuffer())
    const checksum = createHash('sha256').update(bytes).digest('hex')
    const flags = [`--mirror=${sandbox.urls.tuf}`, `--root=${root}`, `--instance=${name}`]
    const wrong = await runProgram([program, 'initialize', ...flags, `--root-checksum=${'0'.repeat(64)}`], {
      cwd: repository.path,
    })
    expect(wrong.stderr).toMatch(/^gitsigil: error: .*\n(?:gitsigil: hint: .*\n)?$/)
    expect(wrong.status).not.toBe(0)
    const right = await runProgram([program, 'initialize', ...flags, `--root-checksum=${checksum}`], {
      cwd: repository.path,
    })
    expect(right).toMatchObject({ status: 0, stderr: '' })

    configure(repository, { 'gpg.x509.program': program, 'gitsigil.instance': name })
    await signAs(repository, sandbox)
    allow(repository, sandbox)
    await commit(repository, 'one')
    expect(shown(repository, '%G? %GS', 'HEAD')).toBe('G kim@example.com')
    repository.git(['config', '--unset', 'gitsigil.instance'])
    expect(shown(repository, '%G? %GS', 'HEAD')).toBe('E ')
  })

  test("under gitsign's name, gitsign's settings are enough", async () => {
    const gitsign = installed(build, 'gitsign')
    const repository = initRepository(folder, 'drop-in')
    configure(repository, {
      'gpg.x509.program': gitsign,
      'gitsign.fulcio': sandbox.urls.fulcio,
      'gitsign.rekor': sandbox.urls.rekor1,
      'gitsign.issuer': sandbox.urls.issuer,
      'gitsign.rekorMode': 'offline',
      'gitsign.fulcioRoot': `${folder}/sandbox/fulcio.pem`,
    })
    const env = {
      SIGSTORE_ID_TOKEN: await sandbox.ask('token', '--email=kim@example.com'),
      SIGSTORE_REKOR_PUBLIC_KEY: `${folder}/sandbox/rekor1.pub.pem`,
      SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: `${folder}/sandbox/ct.pub.pem`,
    }
    const made = await repository.run(['commit', '--quiet', '--allow-empty', '-S', '-m', 'one'], env)
    expect(made).toEqual({ status: 0, stdout: '', stderr: '' })
    const log = await repository.run(['log', '--show-signature', '--format=%G? %GS'], env)
    expect(log.stdout).toContain(`gitsign: Good signature from [kim@example.com](${sandbox.urls.issuer})\n`)
    expect(log.stdout).toContain('\nU kim@example.com\n')
    const flags = ['--certificate-identity=kim@example.com', `--certificate-oidc-issuer=${sandbox.urls.issuer}`]
    const verified = await runProgram([gitsign, 'verify', ...flags, 'HEAD'], { cwd: repository.path, env })
    expect(verified.stdout).toMatch(
      /^tlog index: \d+\ngitsign: Signature made using certificate ID 0x[0-9a-f]{40} \| CN=.*\ngitsign: Good signature from /,
    )
    expect(verified.stdout).toMatch(
      /\nValidated Git signature: true\nValidated Rekor entry: true\nValidated Certificate claims: true\n$/,
    )
    expect(verified.status).toBe(0)
    const other = await runProgram([gitsign, 'verify', '--certificate-identity=lee@example.com', ...flags.slice(1)], {
      cwd: repository.path,
      env,
    })
    expect(other).toMatchObject({ status: 1, stdout: '' })
  })

  test("what `sandbox env --format=gitsign` prints is enough for gitsign's name as well", async () => {
    const repository = initRepository(folder, 'exports')
    configure(repository, { 'gpg.x509.program': installed(build, 'gitsign') })
    const exports = await sandbox.ask('env', '--format=gitsign')
    const token = await sandbox.ask('token', '--email=kim@example.com')
    const script = `${exports}\nexport SIGSTORE_ID_TOKEN='${token}'
      git commit --quiet --allow-empty -S -m one && git verify-commit HEAD`
    const { status, stderr } = await runProgram(['sh', '-ec', script], { cwd: repository.path })
    expect(stderr).toContain('gitsign: Good signature from [kim@example.com]')
    expect(status).toBe(0)
  })
})

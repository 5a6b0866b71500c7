// `bundle export`, `bundle import`, `verify-bundle` and `sign-bundle` at the command line: what they read, write and refuse.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { signOn } from '../interop/signed.ts'
import { createRepository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { testWorld } from '../support/world.ts'

const repository = createRepository()
const path = (name: string) => join(repository.path, name)

async function run(...args: readonly string[]) {
  const world = testWorld({ cwd: repository.path, args })
  const exit = await runCommand(world)
  return { exit, stdout: world.output(1), stderr: world.output(2) }
}

let sandbox: TestSandbox
let oid: string
let armored: string
let trust: readonly string[]
let signer: readonly string[]
beforeAll(async () => {
  sandbox = await startTestSandbox()
  const tree = repository.git(['mktree'], '')
  const person = 'Kim <kim@example.com> 1700000000 +0000'
  const payload = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nmessage\n`
  const signed = await signOn(sandbox, { version: 2, withTimestamp: true }, Buffer.from(payload))
  armored = Buffer.from(signed.armored).toString()
  const header = `gpgsig ${armored.trimEnd().replaceAll('\n', '\n ')}\n`
  oid = repository.store('commit', payload.replace('\n\nmessage', `\n${header}\nmessage`))
  writeFileSync(path('trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(path('signing_config.json'), sandbox.signingConfig)
  trust = ['--trusted-root', path('trusted_root.json')]
  signer = ['--certificate-identity', 'kim@example.com', '--certificate-oidc-issuer', sandbox.urls.issuer]
})
afterAll(() => sandbox.close())

describe('bundle', () => {
  test('export writes the bundle and its artifact, verify-bundle takes them, import gives back the block', async () => {
    const exported = await run('bundle', 'export', oid, '--bundle', path('b.json'), '--artifact', path('attributes'))
    expect(exported).toEqual({ exit: 0, stdout: '', stderr: '' })
    const verified = await run('verify-bundle', '--bundle', path('b.json'), ...signer, ...trust, path('attributes'))
    expect(verified).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringContaining('[kim@example.com]') })
    const imported = await run('bundle', 'import', '--bundle', path('b.json'), path('attributes'))
    expect(imported).toEqual({ exit: 0, stdout: armored, stderr: '' })
  })

  test('export prints the bundle where no file is named', async () => {
    const { exit, stdout, stderr } = await run('bundle', 'export', oid)
    expect(JSON.parse(stdout).mediaType).toBe('application/vnd.dev.sigstore.bundle.v0.3+json')
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.stringContaining('hint: --artifact FILE') })
  })

  test.each([
    [['bundle'], 2, 'bundle takes one of export, import'],
    [['bundle', 'export', 'a', 'b'], 2, 'one revision'],
    [['bundle', 'export', 'no-such'], 3, 'no-such'],
    [['bundle', 'import', 'x'], 2, '--bundle FILE'],
    [['bundle', 'import', '--bundle', 'none.json', 'x'], 3, 'none.json'],
  ])('%j is refused', async (args, exit, why) => {
    expect(await run(...args)).toMatchObject({ exit, stdout: '', stderr: expect.stringContaining(why) })
  })
})

describe('verify-bundle', () => {
  const verify = (...args: readonly string[]) => run('verify-bundle', '--bundle', path('b.json'), ...trust, ...args)

  test('refuses another identity, and asks for one where none is given', async () => {
    const eve = ['--certificate-identity', 'eve@example.com', '--certificate-oidc-issuer', sandbox.urls.issuer]
    const refused = await verify(...eve, path('attributes'))
    expect(refused).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining('not eve@example.com') })
    const asked = await verify(path('attributes'))
    expect(asked).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining('nobody said who') })
  })

  test('takes the allowed identities of the configuration', async () => {
    const allow = ['--allow', `${sandbox.urls.issuer} kim@example.com`]
    expect(await verify(...allow, path('attributes'))).toMatchObject({ exit: 0, stderr: '' })
  })

  test('with --paranoid says the same, where the second verifier agrees', async () => {
    const answer = await verify('--paranoid', ...signer, path('attributes'))
    expect(answer).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringContaining('[kim@example.com]') })
  })

  test.each([
    [['--paranoid', `sha256:${'00'.repeat(32)}`], 2, 'the file itself'],
    [['--paranoid', '--key', 'k.pem', 'attributes'], 2, 'signed with a certificate'],
    [['x', 'y'], 2, 'one file or digest'],
    [['sha256:00'], 2, 'not a sha256 digest'],
    [['none'], 3, 'none'],
    [['--key', 'k', '--certificate-identity', 'a', '--certificate-oidc-issuer', 'b', 'x'], 2, 'exclude each other'],
    [['--key', 'none.pem', 'attributes'], 3, 'none.pem'],
    [['--key', 'trusted_root.json', 'attributes'], 2, 'holds no PUBLIC KEY'],
  ])('%j is no question', async (args, exit, why) => {
    expect(await verify(...args)).toMatchObject({ exit, stdout: '', stderr: expect.stringContaining(why) })
  })

  test('needs a bundle', async () => {
    expect(await run('verify-bundle', 'x')).toMatchObject({ exit: 2, stderr: expect.stringContaining('--bundle') })
  })
})

describe('sign-bundle', () => {
  const sign = async (file: string, ...more: readonly string[]) => {
    const token = await sandbox.mintToken({ email: 'kim@example.com' })
    const config = ['--signing-config', path('signing_config.json')]
    const flags = [...more, '--identity-token', token, '--bundle', path('signed.json'), ...trust, ...config]
    return await run('sign-bundle', ...flags, file)
  }

  test('signs a file, and says where it was logged', async () => {
    writeFileSync(path('file'), 'content')
    expect(await sign(path('file'))).toMatchObject({
      exit: 0,
      stdout: '',
      stderr: expect.stringMatching(/^tlog entry/),
    })
    const verified = await run('verify-bundle', '--bundle', path('signed.json'), ...signer, ...trust, path('file'))
    expect(verified).toMatchObject({ exit: 0, stderr: '' })
  })

  test.each([
    ['in a folder that is not there', 'no-such/signed.json', 'ENOENT'],
    ['that is a folder', '.git', 'EISDIR'],
  ])('signs and logs nothing for a bundle %s', async (_, bundle, why) => {
    writeFileSync(path('file'), 'content')
    // A token that nobody takes: to be refused for it, it would have to be asked.
    const flags = ['--identity-token', 'none', '--bundle', path(bundle), ...trust]
    const ran = await run('sign-bundle', ...flags, '--signing-config', path('signing_config.json'), path('file'))
    expect(ran).toEqual({ exit: 3, stdout: '', stderr: `gitsigil: error: cannot write ${path(bundle)}: ${why}\n` })
  })

  test('refuses the signed attributes of a commit: their signature would be the commit’s', async () => {
    const before = readFileSync(path('signed.json'))
    const refused = await sign(path('attributes'))
    expect(refused).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining('would sign a commit') })
    expect(readFileSync(path('signed.json')).equals(before)).toBe(true)
  })

  test.each([
    ['{}', '_type is missing'],
    ['not JSON', 'not JSON'],
    ['{"_type":"https://in-toto.io/Statement/v1","predicateType":"x","subject":[]}', 'no subject'],
    [
      '{"_type":"https://in-toto.io/Statement/v1","predicateType":"x","subject":[{"digest":{"gitCommit":"ff"}}]}',
      'no subject has a sha256',
    ],
  ])('--in-toto refuses %s', async (text, why) => {
    writeFileSync(path('statement'), text)
    const refused = await sign(path('statement'), '--in-toto')
    expect(refused).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining(why) })
  })
})

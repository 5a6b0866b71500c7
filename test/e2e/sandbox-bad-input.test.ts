// Input that nobody should send, at Git's door and at people's: a verdict or a fault in one line, the right exit status
// and status lines, no stack trace.
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeArmor, parseArmor } from '../../src/cms/armor.ts'
import { encodeSignedData } from '../../src/cms/encode.ts'
import { parseSignedData } from '../../src/cms/signed-data.ts'
import { splitCommit } from '../../src/git/object.ts'
import { installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Repository, type Run, runProgram } from '../support/repository.ts'
import { allow, commit, configure, createOnSandbox } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const ERROR = /^\[GNUPG:\] NEWSIG\n\[GNUPG:\] ERRSIG [0-9a-f]{40} 19 8 00 0 9\n\[GNUPG:\] TRUST_NEVER 0 shell\n$/
const BAD = /^\[GNUPG:\] NEWSIG\n\[GNUPG:\] BADSIG [0-9a-f]{40} unverified\n\[GNUPG:\] TRUST_NEVER 0 shell\n$/
const GOOD =
  /^\[GNUPG:\] NEWSIG\n\[GNUPG:\] GOODSIG [0-9a-f]{40} kim@example.com\n\[GNUPG:\] VALIDSIG .*\n\[GNUPG:\] TRUST_FULLY 0 shell\n$/
const ONE_LINE = /^gitsigil: error: [^\n]+\n(?:gitsigil: hint: [^\n]+\n)?$/
const HUGE = 100 * 1024 * 1024
const BEGIN = '-----BEGIN SIGNED MESSAGE-----\n'
const END = '-----END SIGNED MESSAGE-----\n'

describe.each(kinds)('bad input, $name', (build) => {
  const folder = temporaryFolder('bad')
  const program = installed(build)
  let sandbox: SandboxProcess
  let repository: Repository
  let payload: Uint8Array
  let armored: Uint8Array
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
    repository = await createOnSandbox(folder, 'repository', { program, sandbox })
    allow(repository, sandbox)
    await commit(repository, 'one')
    const split = splitCommit(Buffer.from(repository.tryGit(['cat-file', 'commit', 'HEAD']).stdout), 'sha1')
    payload = split.payload
    armored = split.signature ?? new Uint8Array()
  })
  afterAll(() => sandbox.stop())

  function run(args: readonly string[], input: Uint8Array | string = ''): Promise<Run> {
    return runProgram([program, ...args], { cwd: repository.path, input })
  }

  function verify(signature: Uint8Array | string, content: Uint8Array | string = payload): Promise<Run> {
    writeFileSync(`${folder}/signature`, signature)
    return run(['--status-fd=1', '--verify', `${folder}/signature`, '-'], content)
  }

  test('what Git would hand over is good', async () => {
    expect(await verify(armored)).toMatchObject({ status: 0, stdout: expect.stringMatching(GOOD) })
  })

  describe('a signature that cannot be read is ERRSIG', () => {
    const armor = (bytes: Uint8Array) => encodeArmor(bytes)
    const der = () => parseArmor(armored)
    const text = () => Buffer.from(armored).toString()
    const cases: Readonly<Record<string, () => Uint8Array | string>> = {
      'an empty file': () => '',
      'no armor': () => 'this is no signature\n',
      'not UTF-8': () => Uint8Array.of(0xff, 0xfe, 0xc0, 0x80, 0x0a),
      'the armor of something else': () => text().replaceAll('SIGNED MESSAGE', 'PGP SIGNATURE'),
      'an armor without its end': () => text().replace(END, ''),
      'an empty armor': () => BEGIN + END,
      'bytes that are not UTF-8 in an armor': () => Buffer.from(text().replace('A', '\xff'), 'latin1'),
      'no base64 in an armor': () =>
        text()
          .replace(/^.{20}/m, BEGIN)
          .replace('M', '!'),
      'two signatures': () => text() + text(),
      'text after it': () => `${text()}trailing\n`,
      'DER cut in its header': () => armor(der().subarray(0, 3)),
      'DER cut in half': () => armor(der().subarray(0, der().length / 2)),
      'DER cut by one byte': () => armor(der().subarray(0, -1)),
      'a byte after the DER': () => armor(Buffer.concat([der(), Uint8Array.of(0)])),
      'a length of 4 GB': () => armor(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02)),
      'DER nested a hundred thousand times': () => armor(nested(100_000)),
      zeros: () => armor(new Uint8Array(10_000)),
      'a huge attribute': () => armor(withLogEntry(der(), 150_000)),
      'a larger one': () => armor(withLogEntry(der(), 1_000_000)),
      'a file of 100 MB': () => Buffer.alloc(HUGE, 'A'),
      'a log entry of zeros': () => armor(withLogEntry(der(), 40)),
    }

    test.each(Object.entries(cases))('%s', async (_, make) => {
      const { status, stdout, stderr } = await verify(make())
      expect(stdout).toMatch(ERROR)
      expect(stderr.split('\n').filter((line) => line.startsWith('gitsigil: error: '))).toHaveLength(1)
      expect(stderr).toMatch(
        /^(?:gitsigil: Signature made using [^\n]+\n)?gitsigil: error: signature not accepted \([^\n]+\n$/,
      )
      expect(status).toBe(1)
    })
  })

  describe('content that is not what was signed is BADSIG', () => {
    const cases: Readonly<Record<string, () => Uint8Array | string>> = {
      nothing: () => '',
      'bytes that are not UTF-8': () => Buffer.concat([payload, Uint8Array.of(0xff, 0xc0, 0x00)]),
      '100 MB': () => Buffer.alloc(HUGE, 'x\n'),
      'one byte less': () => payload.subarray(0, -1),
    }
    test.each(Object.entries(cases))('%s', async (_, make) => {
      const { status, stdout, stderr } = await verify(armored, make())
      expect(stdout).toMatch(BAD)
      expect(stderr).toMatch(
        /^gitsigil: Signature made using [^\n]+\ngitsigil: error: signature not accepted \(digest\)/,
      )
      expect(status).toBe(1)
    })
  })

  test.each([
    ['100 MB', () => Buffer.alloc(HUGE, 'a line\n')],
    ['bytes that are not UTF-8', () => Buffer.from([0, 0xff, 0xfe, 0x0a, 0xc0])],
    ['nothing', () => Buffer.alloc(0)],
  ] as const)('%s can be signed, and verified', async (_, make) => {
    const signed = await run(['--status-fd=2', '-bsau', 'KEY'], make())
    expect(signed.stderr).toContain('\n[GNUPG:] SIG_CREATED ')
    expect(signed.status).toBe(0)
    expect(await verify(signed.stdout, make())).toMatchObject({ status: 0, stdout: expect.stringMatching(GOOD) })
  })

  describe('flags that are wrong at Git’s door end the run with status 2, with a verdict where Git waits for one', () => {
    const cases: Readonly<Record<string, readonly string[]>> = {
      'a flag twice': ['--status-fd=1', '--status-fd=1', '--verify', 'x', '-'],
      'an unknown flag': ['--status-fd=1', '--verify', '--unknown', 'x', '-'],
      'no payload': ['--status-fd=1', '--verify', 'x'],
      'no descriptor': ['--status-fd=one', '--verify', 'x', '-'],
    }
    test.each(Object.entries(cases))('%s', async (_, args) => {
      const { status, stdout, stderr } = await run(args, payload)
      expect(stdout).toMatch(ERROR)
      expect(stderr).toMatch(ONE_LINE)
      expect(status).toBe(2)
    })

    test.each([[['--status-fd=2', '-bsau', 'KEY', '-u', 'KEY']], [['-bs', '--sign']], [['-bsau']]])(
      'signing with %j',
      async (args) => {
        const { status, stdout, stderr } = await run(args, Buffer.alloc(1_000_000))
        expect(stdout).toBe('')
        expect(stderr).toMatch(ONE_LINE)
        expect(status).toBe(2)
      },
    )
  })

  test('a signature file that is not there is a fault', async () => {
    const { status, stdout, stderr } = await run(['--status-fd=1', '--verify', `${folder}/absent`, '-'], payload)
    expect(stdout).toMatch(ERROR)
    expect(stderr).toMatch(ONE_LINE)
    expect(status).toBe(3)
  })

  describe('at people’s door', () => {
    const cases: Readonly<Record<string, readonly [number, ...(readonly string[])]>> = {
      'a flag twice': [
        2,
        'verify',
        '--certificate-identity=a',
        '--certificate-identity=b',
        '--certificate-oidc-issuer=c',
      ],
      'a switch twice': [2, 'verify', '--json', '--json'],
      'half of who is expected': [2, 'verify', '--certificate-identity=a'],
      'a pattern that is no RE2': [2, 'verify', '--certificate-identity-regexp=(', '--certificate-oidc-issuer=c'],
      'a misspelt flag': [2, 'verify', '--certificate-identiy=a'],
      'an unknown command': [2, 'verifyy'],
      'a revision that is not there': [3, 'verify', 'no-such-branch'],
      'a tree': [2, 'verify', 'HEAD^{tree}'],
      'a line feed in a revision': [2, 'verify', 'HEAD\nHEAD'],
      'a flag as revision': [2, 'verify', '--upload-pack=evil'],
    }
    test.each(Object.entries(cases))('%s', async (_, [exit, ...args]) => {
      const { status, stdout, stderr } = await run(args)
      expect(stderr).toMatch(ONE_LINE)
      expect(stdout).toMatch(args.includes('--json') ? /^\{[\s\S]*"verdict": "fault"[\s\S]*\}\n$/ : /^$/)
      expect(status).toBe(exit)
    })
  })

  describe('files that are not what the settings say', () => {
    test.each([
      ['trustedRoot', 'not UTF-8', Uint8Array.of(0xff, 0xfe)],
      ['trustedRoot', 'cut JSON', '{"mediaType":'],
      ['trustedRoot', 'another JSON', '[]'],
      ['trustedRoot', 'deep JSON', '['.repeat(200_000)],
      ['allow', 'not UTF-8', Uint8Array.of(0xff, 0xfe)],
      ['allow', 'no identities', 'alice@example.com\n'],
    ] as const)('%s, %s', async (option, _, bytes) => {
      const file = `${folder}/file`
      writeFileSync(file, bytes)
      const before = repository.git(['config', `gitsigil.${option}`])
      configure(repository, { [`gitsigil.${option}`]: file })
      const answers = [await verify(armored), await run(['verify', 'HEAD'])]
      configure(repository, { [`gitsigil.${option}`]: before })
      expect(answers[0]?.stdout).toMatch(ERROR)
      expect(answers[1]?.stdout).toBe('')
      for (const { status, stderr } of answers) {
        expect(stderr).toMatch(ONE_LINE)
        expect(stderr).toContain(file)
        expect(status).toBe(2)
      }
    })

    test.each([
      ['no PEM', 'garbage\n'],
      ['base64 that is none', '-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n'],
      ['no certificate', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'],
      ['another label', '-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n'],
      ['not UTF-8', Uint8Array.of(0xff, 0xfe)],
    ] as const)('fulcioRoot, %s', async (_, bytes) => {
      writeFileSync(`${folder}/root.pem`, bytes)
      const flags = ['-c', 'gitsigil.trustedRoot=', '-c', `gitsigil.fulcioRoot=${folder}/root.pem`]
      const { status, stdout, stderr } = await repository.run([...flags, 'verify-commit', '--raw', 'HEAD'])
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^\[GNUPG:\] NEWSIG\n\[GNUPG:\] ERRSIG 0{40} .*\n\[GNUPG:\] TRUST_NEVER 0 shell\n$/)
      expect(status).toBe(1)
      const told = await repository.run([...flags, 'log', '-1', '--format=%GG'])
      expect(told.stdout).toMatch(/^gitsigil: error: fulcioRoot [^\n]*root\.pem: [^\n]+\n\n$/)
    })
  })
})

/** A good signature in all but its log entry, which is this many zeros. */
function withLogEntry(der: Uint8Array, size: number): Uint8Array {
  const { signer, signedAttributes, signature } = parseSignedData(der)
  return encodeSignedData({ leaf: signer, signedAttributes, signature, logEntry: new Uint8Array(size) })
}

/** SEQUENCE in SEQUENCE, each with the length that is right. */
function nested(depth: number): Uint8Array {
  const parts: number[][] = []
  for (let length = 0, at = 0; at < depth; at++) {
    const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : lengthOf(length)
    parts.push([0x30, ...header])
    length += 1 + header.length
  }
  return Uint8Array.from(parts.reverse().flat())
}

function lengthOf(length: number): number[] {
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff]
  return [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
}

import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { splitCommit, splitTag } from '../../src/git/object.ts'
import {
  type CorpusRecord,
  hasShared,
  readCorpus,
  readCorpusObject,
  readShared,
  sharedPath,
} from '../support/shared.ts'
import { askDoor } from '../support/verify-door.ts'

const ZEROS = '0'.repeat(40)
const ERRSIG_NOTHING = ['NEWSIG', `ERRSIG ${ZEROS} 19 8 00 0 9`, 'TRUST_NEVER 0 shell']
const trusted = { GITSIGIL_TRUSTED_ROOT: sharedPath('corpus/trusted_root.json') }
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

function split(record: CorpusRecord) {
  const bytes = readCorpusObject(record)
  const { payload, signature } = record.type === 'commit' ? splitCommit(bytes, 'sha1') : splitTag(bytes, 'sha1')
  return { payload, signature: signature ?? new Uint8Array() }
}

function find(oid: string) {
  const record = readCorpus().find((one) => one.oid.startsWith(oid))
  if (record === undefined) throw new Error(`no ${oid} in the corpus`)
  return split(record)
}

describe.skipIf(!hasShared)('what Git is told', () => {
  // By Billy at Google's word, index 2345438208.
  const billy = () => find('dc68e8ce')
  const allow = 'https://accounts.google.com billy@chainguard.dev'
  const goodLines = [
    'NEWSIG',
    'GOODSIG 62e380b1d5a603339f59d5de292d727462c200d0 billy@chainguard.dev',
    'VALIDSIG D15087CEA149476A583782F5B736FB813CAEAC466B35501DFD00C3B6C4482FF7 2026-08-05 1785939437 0 3 0 19 8 00 15D795348226B4649F750F5802592C393BEE7CC53C3B86982175B7AD087EFE47',
  ]

  test('nothing configured: good, and of undefined trust', async () => {
    const { exit, status } = await askDoor({ ...billy(), env: trusted })
    expect(status).toEqual([...goodLines, 'TRUST_UNDEFINED 0 shell'])
    expect(exit).toBe(0)
  })

  test('an allowed identity: full trust', async () => {
    const { exit, status, stderr } = await askDoor({ ...billy(), env: { ...trusted, GITSIGIL_ALLOW: allow } })
    expect(status).toEqual([...goodLines, 'TRUST_FULLY 0 shell'])
    expect(exit).toBe(0)
    expect(stderr).toBe(
      [
        'tlog index: 2345438208',
        'gitsigil: Signature made using certificate ID 0x62e380b1d5a603339f59d5de292d727462c200d0 | CN=sigstore-intermediate,O=sigstore.dev',
        'gitsigil: Good signature from [billy@chainguard.dev](https://accounts.google.com)',
        'Validated Git signature: true',
        'Validated Rekor entry: true',
        'Validated Certificate claims: true',
        'gitsigil: the committer is the signer',
        '',
      ].join('\n'),
    )
  })

  test('others are allowed: undefined trust, and the reason', async () => {
    const others = 'https://accounts.google.com mallory@example.com'
    const { exit, status, stderr } = await askDoor({ ...billy(), env: { ...trusted, GITSIGIL_ALLOW: others } })
    expect(status).toEqual([...goodLines, 'TRUST_UNDEFINED 0 shell'])
    expect(exit).toBe(0)
    expect(stderr).toContain('Validated Certificate claims: false\n')
    expect(stderr).toContain('gitsigil: not trusted: the identity is not among the allowed ones\n')
  })

  test("started as gitsign, the lines are gitsign's", async () => {
    const { stderr } = await askDoor({ ...billy(), env: { ...trusted, GITSIGIL_ALLOW: allow }, name: 'gitsign' })
    expect(stderr).toContain('\ngitsign: Signature made using certificate ID 0x62e380b1')
    expect(stderr).toContain('\ngitsign: Good signature from [billy@chainguard.dev](https://accounts.google.com)\n')
    expect(stderr).not.toContain('gitsigil')
  })

  test('trust=any: full trust for anybody', async () => {
    const { status } = await askDoor({ ...billy(), env: { ...trusted, GITSIGIL_TRUST: 'any' } })
    expect(status.at(-1)).toBe('TRUST_FULLY 0 shell')
  })

  test('trust=committer: marginal trust where a listed issuer vouches for the committer', async () => {
    const env = { ...trusted, GITSIGIL_TRUST: 'committer', GITSIGIL_COMMITTER_ISSUER: 'https://accounts.google.com' }
    expect((await askDoor({ ...billy(), env })).status.at(-1)).toBe('TRUST_MARGINAL 0 shell')
  })

  test('a changed payload: BADSIG, no name, and the check that failed', async () => {
    const { payload, signature } = billy()
    const { exit, status, stderr } = await askDoor({
      payload: latin1(payload).replace('Switch', 'switch'),
      signature,
      env: { ...trusted, GITSIGIL_ALLOW: allow },
    })
    expect(status).toEqual([
      'NEWSIG',
      'BADSIG 62e380b1d5a603339f59d5de292d727462c200d0 unverified',
      'TRUST_NEVER 0 shell',
    ])
    expect(exit).toBe(1)
    expect(stderr).toContain('signature not accepted (digest)')
    expect(stderr).not.toContain('billy')
  })

  test.each([
    ['certificateAuthorities', 'chain'],
    ['ctlogs', 'sct'],
    ['tlogs', 'time'],
  ])('a trusted root without %s: ERRSIG, as %s', async (member, check) => {
    const root = { ...JSON.parse(Buffer.from(readShared('corpus/trusted_root.json')).toString()), [member]: [] }
    const path = join(tmpdir(), `gitsigil-root-without-${member}.json`)
    writeFileSync(path, JSON.stringify(root))
    const { exit, status, stderr } = await askDoor({ ...billy(), env: { GITSIGIL_TRUSTED_ROOT: path } })
    rmSync(path)
    expect(status).toEqual([
      'NEWSIG',
      'ERRSIG 62e380b1d5a603339f59d5de292d727462c200d0 19 8 00 0 9',
      'TRUST_NEVER 0 shell',
    ])
    expect(exit).toBe(1)
    expect(stderr).toContain(`signature not accepted (${check})`)
  })

  test('the payload is verified whatever it holds: CR, NUL and no last newline', async () => {
    const { signature } = billy()
    const { status } = await askDoor({ payload: 'tree \0\r\n', signature, env: trusted })
    expect(status[1]).toMatch(/^BADSIG /)
  })

  describe('anything but one block in the signature file is ERRSIG, as format', () => {
    const mutate: readonly (readonly [string, (armor: string) => string])[] = [
      ['empty', () => ''],
      ['two blocks', (armor) => armor + armor],
      ['text before', (armor) => `x\n${armor}`],
      ['text after', (armor) => `${armor}x\n`],
      ['a PGP block after', (armor) => `${armor}-----BEGIN PGP SIGNATURE-----\n\n=aaaa\n-----END PGP SIGNATURE-----\n`],
      ['truncated', (armor) => armor.slice(0, armor.length / 2)],
      ['not base64', (armor) => armor.replace('MII', '***')],
      ['another label', (armor) => armor.replaceAll('SIGNED MESSAGE', 'PKCS7')],
      ['3 MB of it', (armor) => armor.replace('\n', `\n${'A'.repeat(3_000_000)}\n`)],
      ['not text', () => '\xff\xfe\0'],
    ]

    test.each(mutate)('%s', async (_, change) => {
      const { payload, signature } = billy()
      const { exit, status, stderr } = await askDoor({ payload, signature: change(latin1(signature)), env: trusted })
      expect(status).toEqual(ERRSIG_NOTHING)
      expect(exit).toBe(1)
      expect(stderr).toMatch(/^gitsigil: error: signature not accepted \(format\): [^\n]+\n$/)
    })
  })

  test("signed in gitsign's online mode: ERRSIG, with that reason", async () => {
    const record = readCorpus().find((one) => one.log === 'not embedded')
    if (record === undefined) throw new Error('none in the corpus')
    const { exit, status, stderr } = await askDoor({ ...split(record), env: trusted })
    expect(status[1]).toMatch(/^ERRSIG [0-9a-f]{40} 19 8 00 0 9$/)
    expect(exit).toBe(1)
    expect(stderr).toContain("signed in gitsign's online mode")
  })

  test('the verdict is the last thing written, in one piece', async () => {
    const { world } = await askDoor({ ...billy(), env: trusted })
    expect(world.order).toEqual([2, 1])
  })
})

describe('where nothing could be checked, Git still reads a verdict', () => {
  const cases: readonly (readonly [string, Record<string, string>, number, string])[] = [
    [
      'a trusted root that is not there',
      { GITSIGIL_TRUSTED_ROOT: '/nonexistent/root.json' },
      3,
      'there is no such file',
    ],
    ['a trusted root that is a folder', { GITSIGIL_TRUSTED_ROOT: '/' }, 3, 'it is a folder'],
    ['a trusted root that is no JSON', { GITSIGIL_TRUSTED_ROOT: '/dev/null' }, 2, 'trustedRoot /dev/null'],
    [
      'an allow line that is malformed',
      { GITSIGIL_ALLOW: 'https://issuer.example' },
      2,
      'GITSIGIL_ALLOW (environment): expected ISSUER SUBJECT',
    ],
    [
      'an allow file that is not there',
      { GITSIGIL_ALLOW: '/nonexistent/a@b.c' },
      3,
      'identity is written ISSUER SUBJECT',
    ],
    ['a malformed option', { GITSIGN_REKOR_MODE: 'sometimes' }, 2, 'GITSIGN_REKOR_MODE (environment): not one of'],
    ['an instance that is not there', { GITSIGIL_INSTANCE: 'partner' }, 2, 'instance partner is not initialized'],
    ['no git', { PATH: '/nonexistent' }, 3, 'cannot run git'],
  ]

  test.each(cases)('%s', async (_, env, wanted, message) => {
    const { exit, status, stderr } = await askDoor({ payload: 'x', signature: 'x', env })
    expect(status).toEqual(ERRSIG_NOTHING)
    expect(exit).toBe(wanted)
    expect(stderr).toMatch(/^gitsigil: error: [^\n]+\n(?:gitsigil: hint: [^\n]+\n)?$/)
    expect(stderr).toContain(message)
  })

  test('a signature file that is not there', async () => {
    const { exit, status } = await askDoor({ payload: 'x', signature: undefined })
    expect(status).toEqual(ERRSIG_NOTHING)
    expect(exit).toBe(3)
  })
})

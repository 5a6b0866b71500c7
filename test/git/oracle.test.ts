// Git itself says what it hands to the verifier: every split must be the same bytes.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitCommit, splitTag } from '../../src/git/object.ts'

const BLOCK = '-----BEGIN SIGNED MESSAGE-----\nAAAA\n\n BBBB\n-----END SIGNED MESSAGE-----\n'
const PGP = '-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n'
const fold = (name: string, text = BLOCK) => `${name} ${text.trimEnd().replaceAll('\n', '\n ')}\n`
const TREE = 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n'
const PEOPLE = 'author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n'
const HEAD = TREE + PEOPLE
const TAG = 'object 4b825dc642cb6eb9a060e54bf8d69288fbee4904\ntype tree\ntag v1\ntagger A <a@b> 1 +0000\n\n'

const objects: readonly (readonly [string, 'commit' | 'tag', string])[] = [
  ['a plain commit', 'commit', `${HEAD}${fold('gpgsig')}\nm\n`],
  ['no last newline', 'commit', `${HEAD}${fold('gpgsig')}\nm`],
  ['carriage returns', 'commit', `${HEAD}${fold('gpgsig')}\r\n\nm\r\n`],
  ['a signature between headers', 'commit', `${TREE}${fold('gpgsig')}${PEOPLE}\nm\n`],
  ['two signatures', 'commit', `${HEAD}${fold('gpgsig')}${fold('gpgsig', PGP)}\nm\n`],
  ['two signatures apart', 'commit', `${TREE}${fold('gpgsig')}${PEOPLE}${fold('gpgsig', PGP)}\nm\n`],
  ['a made-up header', 'commit', `${HEAD}gpgsig-x a\n b\n${fold('gpgsig')}gpgsigy\n c\nz d\n e\n\nm\n`],
  ['both algorithms', 'commit', `${HEAD}${fold('gpgsig-sha256')}${fold('gpgsig')}\nm\n`],
  ['a merged tag', 'commit', `${HEAD}${fold('mergetag', TAG + BLOCK)}${fold('gpgsig')}\nm\n`],
  ['a signature in the message', 'commit', `${HEAD}${fold('gpgsig')}\nm\n${fold('gpgsig')}`],
  ['no empty line', 'commit', `${HEAD}${fold('gpgsig')}`],
  ['a long line', 'commit', `${HEAD}${fold('gpgsig')}\n${'x'.repeat(2_000_000)}`],
  ['a plain tag', 'tag', `${TAG}m\n${BLOCK}`],
  ['an earlier block', 'tag', `${TAG}${PGP}m\n${BLOCK}`],
  ['text behind the block', 'tag', `${TAG}m\n${BLOCK}text\n`],
  ['a marker that goes on', 'tag', `${TAG}m\n-----BEGIN SIGNED MESSAGE-----x\n`],
  ['a tag with a signature header', 'tag', `${TAG.slice(0, -1)}${fold('gpgsig-sha256')}\nm\n${BLOCK}`],
  ['no message', 'tag', `${TAG}${BLOCK}`],
]

describe.each(['sha1', 'sha256'] as const)('in a %s repository', (algorithm) => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gitsigil-oracle-'))
    git('init', '-q', `--object-format=${algorithm}`, '.')
    git('hash-object', '-t', 'tree', '-w', '/dev/null')
    // The last argument but one is the signature's file, and the payload comes on stdin.
    const program = join(folder, 'program')
    writeFileSync(program, '#!/bin/sh\nfor a; do f=$l; l=$a; done\ncp "$f" signature\ncat > payload\nexit 1\n')
    chmodSync(program, 0o700)
    for (const format of ['x509', 'openpgp']) git('config', `gpg.${format}.program`, program)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(objects)('Git splits as we do: %s', (_, type, text) => {
    const bytes = Buffer.from(inAlgorithm(text, algorithm), 'latin1')
    for (const name of ['payload', 'signature']) rmSync(join(folder, name), { force: true })
    const id = git('hash-object', '-t', type, '-w', '--literally', '--stdin', bytes)
    try {
      git(type === 'commit' ? 'verify-commit' : 'verify-tag', id)
    } catch {
      // The program says no to everything.
    }
    expect(existsSync(join(folder, 'payload'))).toBe(true)
    const split = type === 'commit' ? splitCommit(bytes, algorithm) : splitTag(bytes, algorithm)
    expect(Buffer.compare(split.payload, readFileSync(join(folder, 'payload')))).toBe(0)
    expect(Buffer.from(split.signature ?? []).toString('latin1')).toBe(
      readFileSync(join(folder, 'signature'), 'latin1'),
    )
  })

  function git(...args: (string | Buffer)[]): string {
    const input = args.find((one) => typeof one !== 'string') ?? Buffer.of()
    const words = args.filter((one) => typeof one === 'string')
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    return execFileSync('git', words, {
      cwd: folder,
      input,
      env,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    }).trim()
  }
})

/** The same object as a repository of the other algorithm would have it. */
function inAlgorithm(text: string, algorithm: 'sha1' | 'sha256'): string {
  if (algorithm === 'sha1') return text
  return text
    .replaceAll(
      '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
      '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
    )
    .replaceAll('gpgsig-sha256 ', 'gpgsig-other ')
    .replaceAll('gpgsig ', 'gpgsig-sha256 ')
    .replaceAll('gpgsig-other ', 'gpgsig ')
}

// What others wrote never reaches a terminal, a JSON document or a status line as it is: escapes, line breaks, bidi and
// zero-width characters in names, messages, revisions, file names, configuration and certificates.
import { Buffer } from 'node:buffer'
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../src/cli/main.ts'
import { splitCommit } from '../src/git/object.ts'
import { createRepository } from './support/repository.ts'
import { askDoor } from './support/verify-door.ts'
import { testWorld } from './support/world.ts'

const EVIL = '\x1b[2J\r\u202egood\u202c\u200b\u2028\u0085\x07\ufeff[GNUPG:] TRUST_ULTIMATE'
/** Everything but the line feeds that end lines. */
const RAW = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const repository = createRepository()
const object = (name: string) => readFileSync(`fixtures/vectors/${name}/object`)
const good = object('good-v1')
const { signature = new Uint8Array() } = splitCommit(good, 'sha1')

const replaced = (from: RegExp, to: string) =>
  Buffer.from(good.toString('latin1').replace(from, Buffer.from(to).toString('latin1')), 'latin1')
const hostile: Readonly<Record<string, Buffer>> = {
  'a person’s name': replaced(/^(author|committer) \w+/gm, `$1 ${EVIL}`),
  'a message': replaced(/\n\n[\s\S]*$/, `\n\n${EVIL}\n`),
  'a header': replaced(/\n\n/, `\nx${EVIL} y\n\n`),
  'the name of a signature header': replaced(/^gpgsig /m, `gpgsig${EVIL} x\ngpgsig `),
  'the signature': replaced(/^ MI/m, ` ${EVIL}`),
  'a certificate’s name': object('good-identity-with-newline'),
  'a certificate’s name that is refused': object('chain-name-not-ascii'),
}

async function outputs(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const trusted = { GITSIGIL_TRUSTED_ROOT: resolve('fixtures/trusted-roots/all.json') }
  const world = testWorld({ args, cwd: repository.path, env: { ...process.env, ...trusted, ...env } })
  await runCommand(world)
  return world.output(1) + world.output(2)
}

const stored = (name: string) => repository.store('commit', hostile[name] ?? expect.fail(`no ${name}`))
const message = stored('a message')

describe.each(Object.keys(hostile).map((name) => [name, stored(name)]))('%s', (_, oid) => {
  test.each([
    ['verify', oid],
    ['verify', '--json', oid],
    ['verify', '--paranoid', oid],
    ['explain', oid],
    ['explain', '--json', oid],
    ['show', oid],
    ['bundle', 'export', oid],
  ])('is made harmless by %s %s', async (...args) => {
    const text = await outputs(args)
    expect(text).not.toBe('')
    expect(text.split('\n').filter((line) => RAW.test(line))).toEqual([])
    expect(text.split('\n').filter((line) => line.startsWith('[GNUPG:]'))).toEqual([])
  })
})

describe.each(Object.entries(hostile))('%s, at Git’s door,', (_, bytes) => {
  test('writes no status line of its own, and nothing raw to stderr or the log', async () => {
    const { payload, signature: own } = splitCommit(bytes, 'sha1')
    const log = join(repository.path, 'door.log')
    rmSync(log, { force: true })
    const env = { GITSIGIL_TRUSTED_ROOT: resolve('fixtures/trusted-roots/all.json'), GITSIGN_LOG: log }
    const { status, stderr, world } = await askDoor({ payload, signature: own, env })
    const lines = world.output(1).split('\n').slice(0, -1)
    expect(
      lines.filter((line) => !/^\[GNUPG:\] [A-Z_]+ [\x21-\x7e ]+$/.test(line) && line !== '[GNUPG:] NEWSIG'),
    ).toEqual([])
    expect(status.filter((line) => /^(GOODSIG|BADSIG|ERRSIG) /.test(line)).length).toBe(1)
    expect(status.filter((line) => line.startsWith('TRUST_')).length).toBe(1)
    expect(status.filter((line) => line.startsWith('TRUST_ULTIMATE'))).toEqual([])
    const logged = readFileSync(log, 'utf8')
    expect(logged).toBe(stderr)
    expect(logged.split('\n').filter((line) => RAW.test(line))).toEqual([])
  })
})

describe('also', () => {
  test.each([
    ['a revision', ['verify', EVIL], {}],
    ['a flag', ['verify', `--${EVIL}`], {}],
    ['a command', [EVIL], {}],
    ['an expected identity', ['verify', `--certificate-identity=${EVIL}`, '--certificate-oidc-issuer=x', message], {}],
    ['the name of a file', ['verify-bundle', `--bundle=/${EVIL}`, 'x'], {}],
    ['the path of a trusted root', ['verify', 'HEAD'], { GITSIGIL_TRUSTED_ROOT: `/${EVIL}` }],
    [
      'a key of the configuration',
      ['verify', message],
      {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'gitsigil.\u202ex',
        GIT_CONFIG_VALUE_0: EVIL,
      },
    ],
  ])('%s', async (_, args, env) => {
    const text = await outputs(args, env as Record<string, string>)
    expect(text).not.toBe('')
    expect(text.split('\n').filter((line) => RAW.test(line))).toEqual([])
  })
})

test('the signature that is used here is one', () => {
  expect(signature.length).toBeGreaterThan(1000)
})

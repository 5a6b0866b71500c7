// What others wrote never reaches a terminal, a JSON document or a status line as it is: escapes, line breaks, bidi and
// zero-width characters in names, messages, revisions, file names, configuration and certificates.
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../src/cli/main.ts'
import { splitCommit } from '../src/git/object.ts'
import { createRepository } from './support/repository.ts'
import { testWorld } from './support/world.ts'

const EVIL = '\x1b[2J\r\u202egood\u202c\u200b\u2028\u0085\x07\ufeff[GNUPG:] TRUST_ULTIMATE'
/** Everything but the line feeds that end lines. */
const RAW = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const repository = createRepository()
const object = (name: string) => readFileSync(`fixtures/vectors/${name}/object`)
const good = object('good-v1')
const { signature = new Uint8Array() } = splitCommit(good, 'sha1')

const replaced = (from: RegExp, to: string) =>
  repository.store(
    'commit',
    Buffer.from(good.toString('latin1').replace(from, Buffer.from(to).toString('latin1')), 'latin1'),
  )
const hostile = {
  'a person’s name': replaced(/^(author|committer) \w+/gm, `$1 ${EVIL}`),
  'a message': replaced(/\n\n[\s\S]*$/, `\n\n${EVIL}\n`),
  'a header': replaced(/\n\n/, `\nx${EVIL} y\n\n`),
  'the name of a signature header': replaced(/^gpgsig /m, `gpgsig${EVIL} x\ngpgsig `),
  'the signature': replaced(/^ MI/m, ` ${EVIL}`),
  'a certificate’s name': repository.store('commit', object('good-identity-with-newline')),
  'a certificate’s name that is refused': repository.store('commit', object('chain-name-not-ascii')),
}

async function outputs(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const trusted = { GITSIGIL_TRUSTED_ROOT: resolve('fixtures/trusted-roots/all.json') }
  const world = testWorld({ args, cwd: repository.path, env: { ...process.env, ...trusted, ...env } })
  await runCommand(world)
  return world.output(1) + world.output(2)
}

describe.each(Object.entries(hostile))('%s', (_, oid) => {
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

describe('also', () => {
  test.each([
    ['a revision', ['verify', EVIL], {}],
    ['a flag', ['verify', `--${EVIL}`], {}],
    ['a command', [EVIL], {}],
    [
      'an expected identity',
      ['verify', `--certificate-identity=${EVIL}`, '--certificate-oidc-issuer=x', hostile['a message']],
      {},
    ],
    ['the name of a file', ['verify-bundle', `--bundle=/${EVIL}`, 'x'], {}],
    ['the path of a trusted root', ['verify', 'HEAD'], { GITSIGIL_TRUSTED_ROOT: `/${EVIL}` }],
    [
      'a key of the configuration',
      ['verify', hostile['a message']],
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

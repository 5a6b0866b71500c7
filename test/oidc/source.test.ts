import { expect, test } from 'vitest'
import { TOKEN_FILE, type TokenOptions, type TokenPorts, tokenFrom } from '../../src/oidc/source.ts'
import { faultOf, printed } from '../support/faults.ts'
import { CLAIMS, tokenText } from '../support/token.ts'

const given = tokenText({ ...CLAIMS, sub: 'given' })
const inFile = tokenText({ ...CLAIMS, sub: 'in the file' })

function from(options: Partial<TokenOptions>, files: Readonly<Record<string, string>> = {}, stdin = '') {
  const ports: TokenPorts = {
    readFile: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
    readStdin: async () => Buffer.from(stdin),
    now: () => 1_900_000_000_000,
  }
  return tokenFrom({ audience: 'sigstore', ...options }, ports)
}

test('a token given as text is taken', async () => {
  expect((await from({ identityToken: given })).claims.subject).toBe('given')
})

test('a token given as the path of a file is read there, its last newline dropped', async () => {
  const token = await from({ identityToken: './my-token' }, { './my-token': `${inFile}\n` })
  expect(token.claims.subject).toBe('in the file')
  expect(token.source).toBe('./my-token')
})

test('- reads the token from standard input', async () => {
  const token = await from({ identityToken: '-' }, {}, `${given}\n`)
  expect(token).toMatchObject({ source: 'standard input', claims: { subject: 'given' } })
})

test('the file that a platform mounts is used where nothing was given', async () => {
  expect((await from({}, { [TOKEN_FILE]: inFile })).claims.subject).toBe('in the file')
})

test('what was given comes before the mounted file, unless the file is asked for', async () => {
  const files = { [TOKEN_FILE]: inFile }
  expect((await from({ identityToken: given }, files)).claims.subject).toBe('given')
  expect((await from({ identityToken: given, tokenProvider: 'envvar' }, files)).claims.subject).toBe('given')
  expect((await from({ identityToken: given, tokenProvider: 'filesystem' }, files)).claims.subject).toBe('in the file')
})

test('the file may be elsewhere', async () => {
  expect((await from({ tokenFile: '/run/token' }, { '/run/token': inFile })).claims.subject).toBe('in the file')
})

test('envvar never reads the mounted file', async () => {
  expect((await faultOf(from({ tokenProvider: 'envvar' }, { [TOKEN_FILE]: inFile }))).code).toBe('identity')
})

test('no token at all says what to set', async () => {
  const fault = await faultOf(from({}))
  expect(fault.message).toBe('no identity token is at hand')
  expect(fault.hint).toContain('SIGSTORE_ID_TOKEN')
  expect(fault.hint).toContain('id-token: write')
})

test('filesystem without the file names the file', async () => {
  const fault = await faultOf(from({ tokenProvider: 'filesystem' }))
  expect(fault.message).toBe(`no identity token is at hand: there is no ${TOKEN_FILE}`)
})

test('a provider that is not supported yet is a fault of configuration', async () => {
  const fault = await faultOf(from({ tokenProvider: 'spiffe', identityToken: given }))
  expect(fault).toMatchObject({ code: 'config', message: 'the token provider spiffe is not supported yet' })
})

test('a token with a slip in it is never looked up as a path, and never shown', async () => {
  const looked: string[] = []
  const ports: TokenPorts = {
    readFile: (path) => void looked.push(path),
    readStdin: async () => new Uint8Array(),
    now: () => 0,
  }
  for (const text of [given.replace('.', ' '), `${given}!`, given.split('.')[0] ?? '', 'x'.repeat(5000)]) {
    const fault = await faultOf(tokenFrom({ identityToken: text, audience: 'sigstore' }, ports))
    expect(fault.message).toBe('the identity token from the configuration is neither a JWT nor the path of a file')
    expect(printed(fault)).not.toContain(text)
  }
  expect(looked).toEqual([])
})

test('an empty file is no token', async () => {
  expect((await faultOf(from({ tokenFile: '/t' }, { '/t': '\n' }))).message).toContain('from /t is not a JWT')
})

test('an expired token is refused here, not by Fulcio', async () => {
  const fault = await faultOf(from({ identityToken: tokenText({ ...CLAIMS, exp: 1_800_000_000 }) }))
  expect(fault.message).toMatch(/^the identity token from the configuration expired \d+ h ago$/)
})

test('what is wrong with a token says where it was given', async () => {
  const source = 'SIGSTORE_ID_TOKEN (environment)'
  const said = async (identityToken: string) => (await faultOf(from({ identityToken, source }))).message
  expect(await said('nonsense')).toBe(`the identity token from ${source} is neither a JWT nor the path of a file`)
  expect(await said(tokenText({ ...CLAIMS, exp: 1 }))).toContain(`the identity token from ${source} expired`)
})

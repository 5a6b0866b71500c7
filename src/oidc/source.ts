// Where a token comes from when nobody logs in: what was given, else the file that a platform mounts.
import { decodeLatin1 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { checkToken, type IdentityToken, isTokenText, parseToken } from './token.ts'

/** Where Kubernetes and CI systems put a token for Sigstore clients. */
export const TOKEN_FILE = '/var/run/sigstore/cosign/oidc-token'

export interface TokenOptions {
  /** A token, `-` for standard input, or the path of a file that holds one. */
  readonly identityToken?: string | undefined
  /** Where `identityToken` was given, for messages: `SIGSTORE_ID_TOKEN (environment)`. */
  readonly source?: string
  /** Forces where to look: `envvar` or `filesystem`; what else gitsign knows needs a login or a platform's service. */
  readonly tokenProvider?: string | undefined
  /** Instead of `TOKEN_FILE`. */
  readonly tokenFile?: string | undefined
  /** Audience that Fulcio wants: the OIDC client id. */
  readonly audience: string
}

export interface TokenPorts {
  /** The file's bytes, undefined where there is none; other failures throw. */
  readFile(path: string): Uint8Array | undefined
  readStdin(): Promise<Uint8Array>
  /** Milliseconds since 1970. */
  now(): number
}

/** A JWT's first part is a JSON object, whose base64 begins so. */
const LIKE_TOKEN = /eyJ|[\r\n]/
const MAX_PATH = 1024

const NO_TOKEN_HINT =
  'set SIGSTORE_ID_TOKEN or --identity-token; a GitHub Actions job may ask for one with the permission id-token: write'

/** The token to sign with, decoded and fit for use now. Throws `identity`, or `config` for a provider not known here. */
export async function tokenFrom(options: TokenOptions, ports: TokenPorts): Promise<IdentityToken> {
  const token = await findToken(options, ports)
  checkToken(token, options.audience, ports.now())
  return token
}

async function findToken(options: TokenOptions, ports: TokenPorts): Promise<IdentityToken> {
  const { identityToken: given, source = 'the configuration', tokenProvider: provider } = options
  const { tokenFile = TOKEN_FILE } = options
  if (provider !== undefined && provider !== 'envvar' && provider !== 'filesystem')
    throw new Fault('config', `the token provider ${provider} is not supported yet`, { hint: NO_TOKEN_HINT })
  if (provider !== 'filesystem' && given !== undefined && given !== '') return givenToken(given, source, ports)
  const bytes = provider === 'envvar' ? undefined : ports.readFile(tokenFile)
  if (bytes !== undefined) return tokenIn(bytes, tokenFile)
  const where = provider === 'filesystem' ? `: there is no ${tokenFile}` : ''
  throw new Fault('identity', `no identity token is at hand${where}`, { hint: NO_TOKEN_HINT })
}

async function givenToken(given: string, source: string, ports: TokenPorts): Promise<IdentityToken> {
  if (given === '-') return tokenIn(await ports.readStdin(), 'standard input')
  if (isTokenText(given.trim())) return parseToken(given.trim(), source)
  // Never looked up or quoted as a path: a token with a slip in it would be named in the error.
  const bytes = LIKE_TOKEN.test(given) || given.length > MAX_PATH ? undefined : ports.readFile(given)
  if (bytes === undefined)
    throw new Fault('identity', `the identity token from ${source} is neither a JWT nor the path of a file`, {
      hint: 'a token is three parts with dots between them, the first begins with eyJ; a path is taken from this folder',
    })
  return tokenIn(bytes, given)
}

function tokenIn(bytes: Uint8Array, source: string): IdentityToken {
  return parseToken(decodeLatin1(bytes).trim(), source)
}

// All that may hand out a token without a login, in the order in which they are tried: first what somebody put there for
// signing, then the CI system whose job this is, then who the machine is.
import { decodeLatin1 } from '../../bytes.ts'
import { readBytesIfAny, resolvePath } from '../../system/files.ts'
import type { Http } from '../../system/http.ts'
import type { World } from '../../system/world.ts'
import { type AmbientSource, requireToken, type TokenSource } from '../provider.ts'
import { TOKEN_FILE } from '../source.ts'
import { checkToken, type IdentityToken, parseToken } from '../token.ts'
import { buildkite } from './buildkite-client.ts'
import { circleci } from './circleci-client.ts'
import type { CommandPorts } from './command-client.ts'
import { githubActions } from './github-client.ts'
import { gitlab } from './gitlab.ts'
import { googleWorkloadIdentity } from './google-client.ts'
import { googleImpersonate } from './impersonate-client.ts'
import { type SpiffePorts, spiffe } from './spiffe-client.ts'

export interface AmbientOptions {
  /** Instead of the file that platforms mount. */
  readonly tokenFile?: string | undefined
}

type Ports = AmbientOptions & {
  readonly world: Pick<World, 'env' | 'cwd' | 'now'>
  readonly http: Http
  readonly forced: boolean
} & Pick<CommandPorts, 'run'> &
  Pick<SpiffePorts, 'call'>

const SOURCES = {
  envvar: environment,
  filesystem,
  'github-actions': ({ world, http }: Ports) => githubActions(world, http),
  gitlab: ({ world }: Ports) => gitlab(world.env),
  'buildkite-agent': buildkite as (ports: Ports) => AmbientSource,
  circleci: circleci as (ports: Ports) => AmbientSource,
  spiffe: spiffe as (ports: Ports) => AmbientSource,
  'google-impersonate': ({ world, http }: Ports) => googleImpersonate({ world, http }),
  'google-workload-identity': ({ world, http, forced }: Ports) => googleWorkloadIdentity({ world, http, forced }),
} as const

/** The providers that need no person, named as `tokenProvider` names them. */
export type AmbientName = keyof typeof SOURCES

export function isAmbientName(name: string): name is AmbientName {
  return Object.hasOwn(SOURCES, name)
}

const UNASKED = new Error('nobody is asked')
const refuse = (): Promise<never> => Promise.reject(UNASKED)
/** In the place of every service, program and socket. */
const NOBODY = { http: { request: refuse }, run: refuse, call: refuse } as const

/**
 * Every source, in order; the first that gives a token is the one to take, and one that throws ends the search.
 * @param http undefined where nobody is to be asked: then `firstUnasked` looks through them
 */
export function ambientSources(
  world: Ports['world'],
  http: Http | undefined,
  options: AmbientOptions = {},
): readonly TokenSource[] {
  const ports = { ...options, world, ...asking(http), forced: false }
  return Object.values(SOURCES).map((open) => checked(open(ports), world))
}

/** The one source that `tokenProvider` names: it gives a token or throws. */
export function ambientSource(
  name: AmbientName,
  world: Ports['world'],
  http: Http | undefined,
  options: AmbientOptions = {},
): TokenSource {
  return checked(requireToken(SOURCES[name]({ ...options, world, ...asking(http), forced: true })), world)
}

function asking(http: Http | undefined): Pick<Ports, 'http' | 'run' | 'call'> {
  return http === undefined ? NOBODY : { http }
}

/** The first token that a platform gives, or undefined where there is none. */
export async function firstToken(sources: readonly TokenSource[], audience: string) {
  for (const source of sources) {
    const token = await source.token(audience)
    if (token !== undefined) return token
  }
  return undefined
}

/** The first token that is here already, or the name of the source that would have to ask for one before. */
export async function firstUnasked(
  sources: readonly TokenSource[],
  audience: string,
): Promise<IdentityToken | { readonly asks: string } | undefined> {
  for (const source of sources) {
    try {
      const token = await source.token(audience)
      if (token !== undefined) return token
    } catch (thrown) {
      if (thrown === UNASKED) return { asks: source.name }
      throw thrown
    }
  }
  return undefined
}

function checked({ name, token }: TokenSource, { now }: Pick<World, 'now'>): TokenSource {
  return {
    name,
    async token(audience) {
      const found = await token(audience)
      if (found !== undefined) checkToken(found, audience, now())
      return found
    },
  }
}

function environment({ world }: Ports): AmbientSource {
  const name = ['GITSIGIL_ID_TOKEN', 'SIGSTORE_ID_TOKEN'].find((each) => world.env[each])
  const text = name && world.env[name]
  return {
    name: 'envvar',
    absence: 'SIGSTORE_ID_TOKEN is not set',
    token: async () => (name && text ? parseToken(text.trim(), name) : undefined),
  }
}

function filesystem({ world, tokenFile }: Ports): AmbientSource {
  const path = resolvePath(tokenFile ?? TOKEN_FILE, world)
  return {
    name: 'filesystem',
    absence: `there is no ${path}`,
    async token() {
      const bytes = readBytesIfAny(path)
      return bytes && parseToken(decodeLatin1(bytes).trim(), path)
    },
  }
}

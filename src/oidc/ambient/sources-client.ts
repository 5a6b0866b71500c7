// All that may hand out a token without a login, in the order in which they are tried: first what somebody put there for
// signing, then the CI system whose job this is, then who the machine is.
import { decodeLatin1 } from '../../bytes.ts'
import { readBytesIfAny, resolvePath } from '../../system/files.ts'
import type { Http } from '../../system/http.ts'
import type { World } from '../../system/world.ts'
import { type AmbientSource, requireToken, type TokenSource } from '../provider.ts'
import { TOKEN_FILE } from '../source.ts'
import { checkToken, parseToken } from '../token.ts'
import { buildkite } from './buildkite-client.ts'
import { circleci } from './circleci-client.ts'
import { githubActions } from './github-client.ts'
import { gitlab } from './gitlab.ts'
import { googleWorkloadIdentity } from './google-client.ts'
import { googleImpersonate } from './impersonate-client.ts'
import { spiffe } from './spiffe-client.ts'

export interface AmbientOptions {
  /** Instead of the file that platforms mount. */
  readonly tokenFile?: string | undefined
}

type Ports = AmbientOptions & {
  readonly world: Pick<World, 'env' | 'cwd' | 'now'>
  readonly http: Http
  readonly forced: boolean
}

const SOURCES = {
  envvar: environment,
  filesystem,
  'github-actions': ({ world, http }: Ports) => githubActions(world, http),
  gitlab: ({ world }: Ports) => gitlab(world.env),
  'buildkite-agent': buildkite as (ports: Ports) => AmbientSource,
  circleci: circleci as (ports: Ports) => AmbientSource,
  spiffe: ({ world, forced }: Ports) => spiffe({ world, forced }),
  'google-impersonate': ({ world, http }: Ports) => googleImpersonate({ world, http }),
  'google-workload-identity': ({ world, http, forced }: Ports) => googleWorkloadIdentity({ world, http, forced }),
} as const

/** The providers that need no person, named as `tokenProvider` names them. */
export type AmbientName = keyof typeof SOURCES

export function isAmbientName(name: string): name is AmbientName {
  return Object.hasOwn(SOURCES, name)
}

/** Every source, in order; the first that gives a token is the one to take, and one that throws ends the search. */
export function ambientSources(
  world: Ports['world'],
  http: Http,
  options: AmbientOptions = {},
): readonly TokenSource[] {
  const ports = { ...options, world, http, forced: false }
  return Object.values(SOURCES).map((open) => checked(open(ports), world))
}

/** The one source that `tokenProvider` names: it gives a token or throws. */
export function ambientSource(
  name: AmbientName,
  world: Ports['world'],
  http: Http,
  options: AmbientOptions = {},
): TokenSource {
  return checked(requireToken(SOURCES[name]({ ...options, world, http, forced: true })), world)
}

/** The first token that a platform gives, or undefined where there is none. */
export async function firstToken(sources: readonly TokenSource[], audience: string) {
  for (const source of sources) {
    const token = await source.token(audience)
    if (token !== undefined) return token
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

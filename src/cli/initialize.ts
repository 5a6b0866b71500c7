// `gitsigil initialize`: fetches the trust of an instance by TUF, from a root that somebody vouches for, and says what it
// keeps. Nothing else reads trust from the network, but the daily refresh that goes with signing.
import { Fault } from '../errors.ts'
import { resolvePath } from '../system/files.ts'
import { createHttp } from '../system/http.ts'
import { checkServiceUrl, isLoopback } from '../system/http-url.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { PUBLIC_GOOD, parseInstanceName } from '../trust/instance.ts'
import { instancesDirectory } from '../trust/place.ts'
import { PUBLIC_GOOD_MIRROR } from '../trust/public-good.ts'
import { refreshInstance } from '../trust/refresh-client.ts'
import { fetchRoot, type GivenRoot, isUrl } from '../trust/root-client.ts'
import { readRecord } from '../trust/store-client.ts'
import { VERSION } from '../version.ts'
import { type FlagTable, flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { initializedJson, initializedText } from './initialize-report.ts'

export const INITIALIZE_FLAGS: FlagTable = {
  mirror: { kind: 'value', value: 'URL', help: 'TUF repository; the public-good one unless given' },
  root: {
    kind: 'value',
    value: 'FILE|URL',
    help: 'TUF root.json to start from; the embedded public-good one unless given',
  },
  'root-checksum': {
    kind: 'value',
    value: 'SHA256',
    help: 'what the root must have; a URL without it is trusted once',
  },
  instance: { kind: 'value', value: 'NAME', help: 'what to call the instance' },
  json: { kind: 'switch', help: 'one JSON document on stdout' },
}

/** Exit status 0 where the trust is fresh now; everything else is thrown, and what was kept before is untouched. */
export async function initializeCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, INITIALIZE_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'initialize takes no operands')
  const instances = instancesDirectory(world.env)
  if (instances === undefined) throw new Fault('config', 'no place for trust: set HOME or XDG_DATA_HOME')

  const http = createHttp({ userAgent: `gitsigil/${VERSION}`, env: world.env })
  const mirror = findMirror(flags, world)
  const rootPlace = flagValue(flags, 'root')
  const name = findName(flags, mirror, rootPlace)
  const place = rootPlace === undefined || isUrl(rootPlace) ? rootPlace : resolvePath(rootPlace, world)
  const given = await readGivenRoot(flags, place, readRecord(instances, name)?.anchor, http)
  const refreshed = await refreshInstance({ instances, name, mirror, root: given?.bytes }, http, world.now())

  if (given?.isFirstUse === true)
    world.write(
      2,
      `${world.name}: note: trusting ${escapeText(place ?? '')} for the first time: SHA-256 ${given.sha256}\n`,
    )
  world.write(1, isSet(flags, 'json') ? initializedJson(refreshed) : initializedText(world, refreshed))
  return 0
}

async function readGivenRoot(
  flags: ParsedFlags,
  place: string | undefined,
  anchor: string | undefined,
  http: ReturnType<typeof createHttp>,
): Promise<GivenRoot | undefined> {
  const checksum = flagValue(flags, 'root-checksum')
  if (place !== undefined) return fetchRoot({ place, checksum, anchor }, http)
  if (checksum === undefined) return undefined
  throw new Fault('usage', '--root-checksum needs --root')
}

function findMirror(flags: ParsedFlags, world: World): string | undefined {
  const flag = flagValue(flags, 'mirror')
  const given = flag ?? (world.env['TUF_MIRROR'] || undefined)
  if (given !== undefined) checkServiceUrl(flag === undefined ? 'TUF_MIRROR' : '--mirror', given)
  return given
}

// Without a root of its own a repository can only be another mirror of public good, whatever its address.
function findName(flags: ParsedFlags, mirror: string | undefined, root: string | undefined): string {
  const given = flagValue(flags, 'instance')
  if (given !== undefined) return parseInstanceName(given, '--instance')
  if (root === undefined || mirror === undefined || mirror.replace(/\/+$/, '') === PUBLIC_GOOD_MIRROR)
    return PUBLIC_GOOD
  const url = new URL(mirror)
  if (isLoopback(url)) return 'sandbox'
  return parseInstanceName(url.hostname.replace(/[^a-z0-9]+/g, '-').slice(0, 63), 'the name made from --mirror')
}

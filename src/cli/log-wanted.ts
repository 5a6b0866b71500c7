// The flags of `log search`: what is looked for, each in its form.
import { decodeUtf8 } from '../bytes.ts'
import type { Bounds } from '../compose/log-scope.ts'
import { type Effort, hashesOfIds } from '../compose/log-search.ts'
import { Fault } from '../errors.ts'
import { loggedIds } from '../git/logged-id.ts'
import { signaturesIn } from '../git/signatures.ts'
import type { Wanted } from '../scan/wanted.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import { readObject } from '../system/git-object.ts'
import type { World } from '../system/world.ts'
import { parsePem } from '../x509/pem.ts'
import { type FlagTable, flagValue, type ParsedFlags } from './flags.ts'
import { parseShard, readJobs } from './history-flags.ts'
import { readInFlight } from './online-flags.ts'

export const SEARCH_FLAGS: FlagTable = {
  object: { kind: 'value', value: 'REV', help: 'search: entries about the id of this commit or tag (online mode)' },
  hash: { kind: 'value', value: 'HASH', help: 'search: entries about this hash, sha256:HEX or HEX' },
  subject: { kind: 'value', value: 'NAME', help: 'search: entries whose certificate names this subject' },
  email: { kind: 'value', value: 'ADDRESS', help: 'search: the same, of an email address' },
  issuer: { kind: 'value', value: 'URL', help: 'search: of those, the ones of this issuer' },
  identity: { kind: 'value', value: 'ISSUER SUBJECT', help: 'search: both in one' },
  'public-key': { kind: 'value', value: 'FILE', help: 'search: entries by this key (PEM)' },
  certificate: { kind: 'value', value: 'FILE', help: 'search: entries by this certificate (PEM)' },
  from: {
    kind: 'value',
    value: 'PLACE',
    help: 'search: first entry that is read, by its place in the tree (0); proof: size of the earlier tree',
  },
  to: {
    kind: 'value',
    value: 'PLACE',
    help: 'search: the one after the last; proof: size of the later tree (that of now)',
  },
  at: { kind: 'value', value: 'SIZE', help: 'search: the tree of the first SIZE entries, whatever came since' },
  checkpoint: { kind: 'value', value: 'FILE', help: 'search: the tree of this checkpoint of the log' },
  shard: { kind: 'value', value: 'I/N', help: 'search: part I of N; `log merge` puts their --json together' },
  limit: { kind: 'value', value: 'NUMBER', help: 'search: most entries of each log (1000)' },
  jobs: { kind: 'value', value: 'N', help: 'search: threads that read entries (default: as many as processors)' },
  'in-flight': { kind: 'value', value: 'NUMBER', help: 'search: requests at once (60, of files of a tiled log 16)' },
}

/** Throws `usage` where nothing is looked for, `io` and `parse` for files, `git` for an object that is not there. */
export async function wantedOf(world: World, flags: ParsedFlags): Promise<Wanted> {
  const { subject, issuer } = identityOf(flags)
  const object = flagValue(flags, 'object')
  const hash = flagValue(flags, 'hash')
  const hashes =
    object !== undefined ? await hashesOf(world, object) : hash === undefined ? undefined : [parseHash(hash)]
  const verifier = verifierOf(world, flags)
  if (hashes === undefined && verifier === undefined && subject === undefined && issuer === undefined)
    throw new Fault(
      'usage',
      'nothing to search for: give --object, --hash, --email, --identity, --public-key or --certificate',
    )
  return {
    ...(hashes === undefined ? {} : { hashes }),
    ...(verifier === undefined ? {} : { verifier }),
    ...(subject === undefined ? {} : { subject }),
    ...(issuer === undefined ? {} : { issuer }),
  }
}

export function boundsOf(flags: ParsedFlags): Bounds {
  const [from, to, at] = [numberOf(flags, 'from'), numberOf(flags, 'to'), numberOf(flags, 'at')]
  const [checkpoint, shard] = [flagValue(flags, 'checkpoint'), flagValue(flags, 'shard')]
  if (at !== undefined && checkpoint !== undefined) throw new Fault('usage', '--at and --checkpoint each name a tree')
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(at === undefined ? {} : { at }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(shard === undefined ? {} : { shard: parseShard(shard) }),
  }
}

export function limitOf(flags: ParsedFlags): number {
  return numberOf(flags, 'limit') ?? 1000
}

export function effortOf(flags: ParsedFlags): Effort {
  const jobs = readJobs(flagValue(flags, 'jobs'))
  return flagValue(flags, 'in-flight') === undefined ? { jobs } : { jobs, inFlight: readInFlight(flags) }
}

function identityOf(flags: ParsedFlags): { readonly subject: string | undefined; readonly issuer: string | undefined } {
  const [identity, email] = [flagValue(flags, 'identity'), flagValue(flags, 'email')]
  const [, issuer, subject] = /^(\S+) (.+)$/.exec(identity ?? '') ?? []
  if (identity !== undefined && subject === undefined) throw new Fault('usage', '--identity is written ISSUER SUBJECT')
  return { subject: subject ?? email ?? flagValue(flags, 'subject'), issuer: issuer ?? flagValue(flags, 'issuer') }
}

async function hashesOf(world: World, rev: string): Promise<readonly string[]> {
  const [held] = signaturesIn(await readObject(world, rev))
  if (held?.split.signature === undefined) throw new Fault('usage', `${rev} names nothing that is signed`)
  return hashesOfIds(loggedIds(held.object, held.split.payload, held.split.signature))
}

function parseHash(text: string): string {
  const [, hex] = /^(?:sha256:)?([0-9a-fA-F]{64})$/.exec(text) ?? []
  if (hex !== undefined) return `sha256:${hex.toLowerCase()}`
  if (/^sha(?:384:[0-9a-f]{96}|512:[0-9a-f]{128})$/.test(text)) return text
  throw new Fault('usage', `--hash: not a hash: ${text}`)
}

function verifierOf(world: World, flags: ParsedFlags) {
  const [key, certificate] = [flagValue(flags, 'public-key'), flagValue(flags, 'certificate')]
  const path = certificate ?? key
  if (path === undefined) return undefined
  const kind = certificate === undefined ? 'key' : 'certificate'
  const label = kind === 'key' ? 'PUBLIC KEY' : 'CERTIFICATE'
  const [der] = parsePem(decodeUtf8(readBytes(resolvePath(path, world)), path), label)
  return { kind, der } as const
}

function numberOf(flags: ParsedFlags, name: string): number | undefined {
  const text = flagValue(flags, name)
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new Fault('usage', `--${name}: not a number: ${text}`)
  return Number(text)
}

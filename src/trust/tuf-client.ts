// The Update Framework (TUF 1.0): targets of a repository, by way of every root from the trusted one to the newest.
// Refuses what is unsigned, expired, older than what was seen before, mixed or too long. tuf-js does the checking, in a
// scratch directory: what came of it is returned whole or not at all.
import { join } from 'node:path'
import { Updater } from 'tuf-js'
import { Fault } from '../errors.ts'
import { readBytes, readBytesIfAny } from '../system/files.ts'
import type { Http } from '../system/http.ts'
import { makePrivateDirectory, replaceFile, withScratch } from '../system/private-files.ts'
import { int64Of, objectOf, parseDocument, textOf } from './json.ts'
import { createFetcher, type HttpFetcher } from './tuf-fetcher-client.ts'

/** The top-level metadata, by role. `root` alone is enough to start from. */
export type TufMetadata = ReadonlyMap<string, Uint8Array>

export interface TufRequest {
  /** Base URL of the repository. */
  readonly mirror: string
  /** What was verified before: the root is trusted as it stands, the rest guards against older metadata. */
  readonly metadata: TufMetadata
  /** An existing private directory to work in. */
  readonly workplace: string
  /** Names of the targets to read; one that the repository does not have is left out of the answer. */
  readonly targets: readonly string[]
}

export interface TufUpdate {
  /** To be handed in the next time. */
  readonly metadata: TufMetadata
  /** By name, byte for byte. */
  readonly targets: ReadonlyMap<string, Uint8Array>
  readonly rootVersion: number
  /** Milliseconds since 1970. */
  readonly timestampExpires: number
}

/** Top-level roles, in the order in which they vouch for each other. */
export const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const

/** Throws `network` where the repository cannot be reached, `trust` where what it says is not to be believed. */
export async function fetchTargets(request: TufRequest, http: Http): Promise<TufUpdate> {
  return withScratch(request.workplace, async (scratch) => {
    for (const [role, bytes] of request.metadata) replaceFile(join(scratch, `${role}.json`), bytes)
    const fetcher = createFetcher(http, scratch)
    try {
      const targets = await readTargets(openUpdater(request.mirror, scratch, fetcher), request.targets)
      return { targets, ...readMetadata(scratch) }
    } catch (error) {
      throw tufFault(request.mirror, fetcher, error)
    }
  })
}

function openUpdater(mirror: string, scratch: string, fetcher: HttpFetcher): Updater {
  const targetDir = join(scratch, 'targets')
  makePrivateDirectory(targetDir)
  const targetBaseUrl = `${mirror.replace(/\/+$/, '')}/targets`
  return new Updater({ metadataDir: scratch, metadataBaseUrl: mirror, targetDir, targetBaseUrl, fetcher })
}

async function readTargets(updater: Updater, names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const targets = new Map<string, Uint8Array>()
  await updater.refresh()
  for (const name of names) {
    const info = await updater.getTargetInfo(name)
    if (info !== undefined) targets.set(name, readBytes(await updater.downloadTarget(info)))
  }
  return targets
}

// tuf-js has verified what it left behind, so this reads and judges nothing anew.
function readMetadata(scratch: string): Omit<TufUpdate, 'targets'> {
  const metadata = new Map<string, Uint8Array>()
  for (const role of ROLES) {
    const bytes = readBytesIfAny(join(scratch, `${role}.json`))
    if (bytes !== undefined) metadata.set(role, bytes)
  }
  return {
    metadata,
    rootVersion: Number(int64Of(signedPart(metadata, 'root'), 'version')),
    timestampExpires: Date.parse(textOf(signedPart(metadata, 'timestamp'), 'expires')),
  }
}

function signedPart(metadata: TufMetadata, role: string) {
  return objectOf(parseDocument(metadata.get(role) ?? new Uint8Array(), `${role}.json`), 'signed')
}

// tuf-js throws errors of its own and, where it wraps one, keeps only its text.
function tufFault(mirror: string, fetcher: HttpFetcher, error: unknown): Fault {
  const failure = fetcher.failure()
  if (failure instanceof Fault) return failure
  if (error instanceof Fault) return error
  const why = error instanceof Error ? describe(error.message) : 'unknown error'
  const hint = hintFor(why)
  return new Fault('trust', `TUF repository at ${new URL(mirror).host}: ${why}`, { ...hint, cause: error })
}

function describe(message: string): string {
  const plain = message.replace(/^Unable to load (\w+)(?: metadata)? error (?:\w*Error: )?/, '$1: ')
  return plain.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 300)
}

function hintFor(why: string): { readonly hint?: string } {
  if (/expired/.test(why)) return { hint: 'the mirror is out of date, or the clock of this machine is wrong' }
  if (/less than current|does not match/.test(why)) return { hint: 'the mirror serves older metadata than before' }
  if (/was signed by/.test(why)) return { hint: 'is it another repository? then give its root with --root' }
  return {}
}

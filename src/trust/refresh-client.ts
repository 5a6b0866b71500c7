// Bringing an instance's trust up to date from its TUF repository, and keeping what was verified. Where that fails, what
// was kept before stays as it was: metadata that expired while offline never stops a verification.
import { hash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { Fault } from '../errors.ts'
import { readBytesIfAny } from '../system/files.ts'
import type { Http } from '../system/http.ts'
import { makePrivateDirectory, removeFile, replaceFile } from '../system/private-files.ts'
import { isHere, isIssuedHere } from './here-client.ts'
import { PUBLIC_GOOD } from './instance.ts'
import { instancePaths } from './place.ts'
import { encodeRecord, type InstanceRecord } from './record.ts'
import { parseTrustedRoot } from './root-json.ts'
import { parseSigningConfig } from './signing-config.ts'
import { findStart, type Start, type StartRequest } from './start-client.ts'
import { fetchTargets, type TufUpdate } from './tuf-client.ts'

export interface Refreshed {
  readonly record: InstanceRecord
  readonly directory: string
  /** The trusted root as it is kept now. */
  readonly trustedRoot: Uint8Array
  readonly hasSigningConfig: boolean
  /** Whether the trusted root differs from what was kept before. */
  readonly isNew: boolean
}

const TRUSTED_ROOT = 'trusted_root.json'
const SIGNING_CONFIG = 'signing_config.v0.2.json'

interface Documents {
  readonly trustedRoot: Uint8Array
  readonly signingConfig: Uint8Array | undefined
}

/** Throws `config` where there is nothing to start from, `network` or `trust` as fetchTargets does, and `io`. */
export async function refreshInstance(request: StartRequest, http: Http, now: number): Promise<Refreshed> {
  const { instances, name } = request
  const start = findStart(request)
  const paths = instancePaths(instances, name)
  for (const path of [dirname(instances), instances, paths.directory, paths.metadata]) makePrivateDirectory(path)
  const targets = [TRUSTED_ROOT, SIGNING_CONFIG]
  const update = await fetchTargets({ ...start, targets, workplace: paths.directory }, http)
  const documents = readDocuments(start.mirror, update)

  const isNew = hash('sha256', documents.trustedRoot, 'hex') !== digestOf(paths.trustedRoot)
  const record: InstanceRecord = {
    name,
    sandbox: isSandbox(request, start, documents),
    mirror: start.mirror,
    anchor: start.anchor,
    rootVersion: update.rootVersion,
    timestampExpires: update.timestampExpires,
    refreshed: now,
    changed: isNew ? now : (start.record?.changed ?? now),
  }
  if (start.record?.sandbox !== record.sandbox || start.isFresh) removeFile(paths.trustedRoot)
  keepUpdate(paths, record, update, documents)
  return {
    record,
    directory: paths.directory,
    trustedRoot: documents.trustedRoot,
    hasSigningConfig: documents.signingConfig !== undefined,
    isNew,
  }
}

// Read before they are kept: what this version cannot read must not take the place of what it can.
function readDocuments(mirror: string, update: TufUpdate): Documents {
  const trustedRoot = update.targets.get(TRUSTED_ROOT)
  const signingConfig = update.targets.get(SIGNING_CONFIG)
  const where = `TUF repository at ${new URL(mirror).host}`
  if (trustedRoot === undefined) throw new Fault('trust', `${where} has no ${TRUSTED_ROOT}`)
  try {
    parseTrustedRoot(trustedRoot)
    if (signingConfig !== undefined) parseSigningConfig(signingConfig)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Fault('trust', `${where}: ${cause.message}`, { cause })
  }
  return { trustedRoot, signingConfig }
}

// A sandbox is known by a repository or a CA on this machine, and stays one while it goes on from the same root. Another
// mirror of public good may be anywhere.
function isSandbox(request: StartRequest, start: Start, { trustedRoot }: Documents): boolean {
  if (request.name === PUBLIC_GOOD && request.root === undefined) return false
  const isLocal = isHere(start.mirror) || isIssuedHere(parseTrustedRoot(trustedRoot))
  const sandbox = isLocal || (!start.isFresh && start.record?.sandbox === true)
  if (sandbox && request.name === PUBLIC_GOOD)
    throw new Fault('config', `a sandbox cannot be named ${PUBLIC_GOOD}`, { hint: 'name it: --instance sandbox' })
  return sandbox
}

// The trusted root last: until it is there, a new instance is none, and no root stands beside another one's record.
function keepUpdate(
  paths: ReturnType<typeof instancePaths>,
  record: InstanceRecord,
  update: TufUpdate,
  documents: Documents,
): void {
  for (const [role, bytes] of update.metadata) replaceFile(join(paths.metadata, `${role}.json`), bytes)
  replaceFile(paths.record, encodeRecord(record))
  if (documents.signingConfig === undefined) removeFile(paths.signingConfig)
  else replaceFile(paths.signingConfig, documents.signingConfig)
  replaceFile(paths.trustedRoot, documents.trustedRoot)
}

function digestOf(path: string): string | undefined {
  const bytes = readBytesIfAny(path)
  return bytes === undefined ? undefined : hash('sha256', bytes, 'hex')
}

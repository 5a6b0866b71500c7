// Where an update of trust starts from: the metadata verified last, a root that somebody vouches for, or the embedded one.
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { Fault } from '../errors.ts'
import { readBytesIfAny } from '../system/files.ts'
import { PUBLIC_GOOD } from './instance.ts'
import { instancePaths } from './place.ts'
import { PUBLIC_GOOD_MIRROR, publicGoodTufRoot } from './public-good.ts'
import type { InstanceRecord } from './record.ts'
import { readRecord } from './store-client.ts'
import { ROLES, type TufMetadata } from './tuf-client.ts'

export interface StartRequest {
  /** Directory of all instances. */
  readonly instances: string
  readonly name: string
  /** Base URL of the TUF repository; the one used before, or the public-good one, unless given. */
  readonly mirror?: string | undefined
  /** TUF root.json that the caller vouches for. */
  readonly root?: Uint8Array | undefined
}

export interface Start {
  readonly mirror: string
  /** SHA-256 of the root.json that it all began with. */
  readonly anchor: string
  readonly metadata: TufMetadata
  /** Nothing that was seen before counts: a first time, or another root. */
  readonly isFresh: boolean
  readonly record: InstanceRecord | undefined
}

/** Throws `config` where there is no root or no mirror to start from. */
export function findStart(request: StartRequest): Start {
  const { instances, name } = request
  const record = readRecord(instances, name)
  const mirror = request.mirror ?? record?.mirror ?? (name === PUBLIC_GOOD ? PUBLIC_GOOD_MIRROR : undefined)
  if (mirror === undefined) throw unknown(name)
  const root = request.root ?? (record === undefined && name === PUBLIC_GOOD ? publicGoodTufRoot() : undefined)
  const anchor = root === undefined ? record?.anchor : hash('sha256', root, 'hex')
  const kept = anchor === record?.anchor ? readKeptMetadata(instances, name) : undefined
  // Known already: going on keeps the guard against older metadata, which starting anew would drop.
  if (kept !== undefined && anchor !== undefined) return { mirror, anchor, metadata: kept, isFresh: false, record }
  const first = root ?? (name === PUBLIC_GOOD ? publicGoodTufRoot() : undefined)
  if (first === undefined) throw unknown(name)
  const metadata = new Map([['root', first]])
  return { mirror, anchor: hash('sha256', first, 'hex'), metadata, isFresh: true, record }
}

function readKeptMetadata(instances: string, name: string): TufMetadata | undefined {
  const { metadata: directory } = instancePaths(instances, name)
  const metadata = new Map<string, Uint8Array>()
  for (const role of ROLES) {
    const bytes = readBytesIfAny(join(directory, `${role}.json`))
    if (bytes !== undefined) metadata.set(role, bytes)
  }
  return metadata.has('root') ? metadata : undefined
}

function unknown(name: string): Fault {
  return new Fault('config', `instance ${name} is not initialized: there is no TUF root to start from`, {
    hint: `gitsigil initialize --instance ${name} --mirror URL --root FILE`,
  })
}

// server.json: where the services are. Written when they serve, and kept after they stop, so that the next start takes
// the same ports. Whether the server of that number still runs is for the lock to say.
import { Buffer } from 'node:buffer'
import { NOTICE } from './notice.ts'
import { type Ports, SERVICE_NAMES, type ServiceName } from './service.ts'
import type { State } from './state.ts'

export interface ServerRecord {
  readonly pid: number
  readonly ports: Ports
  /** Base URLs. */
  readonly urls: Readonly<Record<ServiceName, string>>
}

const FILE = 'server.json'

/** Undefined where there is none, or none that can be used. */
export async function readServer(state: Pick<State, 'read'>): Promise<ServerRecord | undefined> {
  const stored = await state.read(FILE)
  if (stored === undefined) return undefined
  try {
    const record = JSON.parse(Buffer.from(stored).toString('utf8')) as ServerRecord
    return SERVICE_NAMES.every((name) => Number.isInteger(record.ports[name])) ? record : undefined
  } catch {
    return undefined
  }
}

export async function writeServer(state: State, record: ServerRecord): Promise<void> {
  await state.write(FILE, `${JSON.stringify({ notice: NOTICE, ...record }, undefined, 2)}\n`)
}

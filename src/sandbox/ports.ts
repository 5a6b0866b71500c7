// One port a service. Those of the last run are taken again where they are free: an issuer's URL is part of identities.
import { Fault } from '../errors.ts'
import { readServer } from './record.ts'
import { type Listener, listen } from './server.ts'
import { type Ports, SERVICE_NAMES, type ServiceName } from './service.ts'
import type { State } from './state.ts'

export interface Listeners {
  readonly urls: Readonly<Record<ServiceName, string>>
  readonly ports: Readonly<Record<ServiceName, number>>
  get(name: ServiceName): Listener
  close(): Promise<void>
}

/** Opens every port or none. */
export async function listenAll(state: State, given: Ports, log: (line: string) => void): Promise<Listeners> {
  const last = (await readServer(state))?.ports ?? {}
  const open = new Map<ServiceName, Listener>()
  const close = async () => void (await Promise.all([...open.values()].map((listener) => listener.close())))
  try {
    for (const name of SERVICE_NAMES) open.set(name, await listenAgain(name, given[name], last[name], log))
  } catch (error) {
    await close()
    throw error
  }
  const get = (name: ServiceName): Listener => open.get(name) ?? missing(name)
  return { urls: mapServices((name) => get(name).url), ports: mapServices((name) => get(name).port), get, close }
}

/** A record with a value for every service. */
export function mapServices<T>(value: (name: ServiceName) => T): Record<ServiceName, T> {
  return Object.fromEntries(SERVICE_NAMES.map((name) => [name, value(name)])) as Record<ServiceName, T>
}

async function listenAgain(
  name: ServiceName,
  given: number | undefined,
  last: number | undefined,
  log: (line: string) => void,
): Promise<Listener> {
  if (given !== undefined || last === undefined) return await listen(name, given ?? 0, log)
  return await listen(name, last, log).catch(() => listen(name, 0, log))
}

function missing(name: ServiceName): never {
  throw new Fault('io', `sandbox: no port for ${name}`)
}

// The sockets that an agent listens at: never open to others, and the place of a dead one taken at once.
import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { Fault } from '../errors.ts'
import { pid, withPrivateMask } from './own.ts'
import { checkDirectory, type Place } from './place.ts'

export interface Listening {
  /** Whether it is still this socket that others find at its path. */
  isThere(): boolean
  close(): void
}

export interface ListenOptions {
  readonly place: Place
  readonly platform: string
}

const MAX_CONNECTIONS = 256

/** Made under another name and then renamed, for those who look meanwhile. Throws `io`. */
export async function listenAt(
  path: string,
  { place, platform }: ListenOptions,
  connected: (socket: Socket) => void,
): Promise<Listening> {
  const isPipe = platform === 'win32'
  const own = isPipe ? path : `${path}.${pid}`
  if (!isPipe) rmSync(own, { force: true })
  const server = createServer(connected)
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, own)
  if (isPipe) return { isThere: () => true, close: () => void server.close() }
  chmodSync(own, 0o600)
  checkDirectory(place.directory, platform)
  const { ino } = lstatSync(own)
  renameSync(own, path)
  const isThere = () => lstatSync(path, { throwIfNoEntry: false })?.ino === ino
  return { isThere, close: () => closeOwn(server, path, isThere()) }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Fault('io', `the agent cannot listen at ${path}`, { cause })))
    withPrivateMask(() => server.listen(path, resolve))
  })
}

// Whoever took our place keeps it.
function closeOwn(server: Server, path: string, isThere: boolean): void {
  server.close()
  if (isThere) rmSync(path, { force: true })
}

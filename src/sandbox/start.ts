// Puts the sandbox together: directory, lock, ports, keys, services, in that order, and takes it apart again.

import { acquireLock, type Lock } from '../system/lock.ts'
import { FaultBoard, type SandboxFault } from './fault.ts'
import { mintToken, ownIssuers, type TokenRequest } from './issuer.ts'
import type { TileLog } from './log/log.ts'
import { IN_USE } from './notice.ts'
import { type Listeners, listenAll } from './ports.ts'
import type { TrustedIssuer } from './principal.ts'
import { pid } from './process.ts'
import { writeServer } from './record.ts'
import type { Ports, ServiceName } from './service.ts'
import { openServices } from './services.ts'
import { openState, removeUnfinished, type State } from './state.ts'

export interface SandboxOptions {
  /** Keys, logs and trust live here; made where it is absent. */
  readonly directory: string
  /** Without one, the port of the last time where it is free, else any. */
  readonly ports?: Ports
  readonly faults?: readonly SandboxFault[]
  /** Issuers that Fulcio accepts beside the sandbox's own. */
  readonly issuers?: readonly TrustedIssuer[]
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Gets a line for each request that failed inside. */
  readonly log?: (line: string) => void
}

/** A running Sigstore on loopback: for trying and testing, not a CA to trust. */
export interface Sandbox {
  readonly directory: string
  /** Base URLs, `http://localhost:PORT`. */
  readonly urls: Readonly<Record<ServiceName, string>>
  /** trusted_root.json. */
  readonly trustedRoot: Uint8Array
  /** signing_config.json, v0.2. */
  readonly signingConfig: Uint8Array
  mintToken(request: TokenRequest): Promise<string>
  /** Replaces the faults in force. */
  setFaults(faults: readonly SandboxFault[]): void
  /** Makes Fulcio accept another issuer. */
  trustIssuer(issuer: TrustedIssuer): void
  close(): Promise<void>
}

/** Throws `io` where another server has the directory or it cannot be written, `config` where a given port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const log = options.log ?? (() => undefined)
  const state = await openState(options.directory)
  const lock = await acquireLock(options.directory, 'sandbox', IN_USE)
  const open: Open = { lock, logs: [] }
  try {
    await removeUnfinished(state)
    const listeners = await listenAll(state, options.ports ?? {}, log)
    open.listeners = listeners
    return await run(state, listeners, open, options)
  } catch (error) {
    await closeAll(open)
    throw error
  }
}

/** What must be closed again, whatever happens. */
interface Open {
  readonly lock: Lock
  readonly logs: TileLog[]
  listeners?: Listeners
}

async function closeAll({ listeners, logs, lock }: Open): Promise<void> {
  try {
    await listeners?.close()
    await Promise.all(logs.map((log) => log.close()))
  } finally {
    await lock.release()
  }
}

async function run(state: State, listeners: Listeners, open: Open, options: SandboxOptions): Promise<Sandbox> {
  const { urls } = listeners
  const now = options.now ?? Date.now
  const faults = new FaultBoard(options.faults)
  const issuers = [...ownIssuers(urls.issuer), ...(options.issuers ?? [])]
  const issuerKey = await state.key('issuer', 'rsa2048')
  const surroundings = { urls, now, faults, issuers, issuerKey }
  const { services, trustedRoot, signingConfig } = await openServices(state, surroundings, open.logs)
  for (const service of services) listeners.get(service.name).serve(service)
  await writeServer(state, { pid, ports: listeners.ports, urls })
  return {
    directory: options.directory,
    urls,
    trustedRoot,
    signingConfig,
    mintToken: (request) => mintToken(issuerKey, urls.issuer, request, now()),
    setFaults: (list) => faults.set(list),
    trustIssuer: (issuer) => void issuers.push(issuer),
    close: () => closeAll(open),
  }
}

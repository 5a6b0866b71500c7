// What a client of Rekor is given and does, whatever the version of its interface.
import type { WitnessRequest } from '../sign/sign.ts'
import type { Http } from '../system/http.ts'
import type { LogEntry } from './entry.ts'

/** What must be known of a log to rebuild an entry from its tiles: a trusted root's `logs` have it. */
export interface LogName {
  /** 32 bytes. */
  readonly id: Uint8Array
  readonly host: string
}

export interface RekorOptions {
  readonly http: Http
  /** Base URL. */
  readonly url: string
  readonly version: 1 | 2
  /** Logs that may be asked. Version 2 needs them, and only where an entry turns out to be there already. */
  readonly logs: readonly LogName[]
  /** Waits for a tree to grow. */
  readonly sleep?: (ms: number) => Promise<void>
}

export interface RekorClient {
  /** Throws `log` where the log refuses or answers with another entry, `network` where it does not answer. */
  witness(request: WitnessRequest): Promise<LogEntry>
}

// Faults that a test orders: `SERVICE:KIND[:N]`. Most are put upon a service's answer from outside (spoil.ts); a wrong
// proof of a CA or a timestamp authority and an expired certificate are asked for by the service itself.
import { Fault } from '../errors.ts'
import { SERVICE_NAMES, type ServiceName } from './service.ts'

export const FAULT_KINDS = ['latency', '5xx', '409', 'drop', 'garbage', 'wrong-proof', 'expired-certificate'] as const
export type FaultKind = (typeof FAULT_KINDS)[number] | '429' | '500' | '502' | '503' | '504'

/** `count` is how many requests it hits (all, where absent); for `latency` it is milliseconds, on every request. */
export interface SandboxFault {
  readonly service: ServiceName
  readonly kind: FaultKind
  readonly count?: number
}

/** The faults in force. `take` says whether this request is hit and counts it. */
export class FaultBoard {
  #faults: { readonly service: ServiceName; readonly kind: FaultKind; left: number }[] = []

  constructor(faults: readonly SandboxFault[] = []) {
    this.set(faults)
  }

  /** Replaces all faults. */
  set(faults: readonly SandboxFault[]): void {
    this.#faults = faults.map(({ service, kind, count }) => ({
      service,
      kind,
      left: count ?? Number.POSITIVE_INFINITY,
    }))
  }

  take(service: ServiceName, kind: FaultKind): boolean {
    const fault = this.#faults.find((known) => known.service === service && known.kind === kind && known.left > 0)
    if (fault === undefined) return false
    fault.left -= 1
    return true
  }

  /** Milliseconds to wait before an answer. */
  latency(service: ServiceName): number {
    return this.#faults.find((known) => known.service === service && known.kind === 'latency')?.left ?? 0
  }
}

export const FAULT_STATUSES = ['429', '500', '502', '503', '504'] as const
const DEFAULT_LATENCY = 1000

/** Parses `SERVICE:KIND[:N]`, or throws `usage` with what would have been right. */
export function parseFault(text: string): SandboxFault {
  const [service, kind, count, ...rest] = text.split(':')
  const known = SERVICE_NAMES.find((name) => name === service)
  const sort = [...FAULT_KINDS, ...FAULT_STATUSES].find((name) => name === kind)
  const right = count === undefined || /^[1-9]\d{0,6}$/.test(count)
  if (known === undefined || sort === undefined || !right || rest.length > 0 || !canShow(known, sort))
    throw new Fault('usage', `--fault ${JSON.stringify(text)} is not SERVICE:KIND[:N]`, { hint: FAULT_HELP })
  if (sort === 'latency') return { service: known, kind: sort, count: Number(count ?? DEFAULT_LATENCY) }
  return count === undefined ? { service: known, kind: sort } : { service: known, kind: sort, count: Number(count) }
}

/** Kinds that only some services can show: to take another would be to test nothing. */
const SHOWN_BY: Readonly<Partial<Record<FaultKind, readonly ServiceName[]>>> = {
  '409': ['rekor1', 'rekor2'],
  'wrong-proof': ['fulcio', 'rekor1', 'rekor2', 'tsa'],
  'expired-certificate': ['fulcio', 'tsa'],
}

function canShow(service: ServiceName, kind: FaultKind): boolean {
  return SHOWN_BY[kind]?.includes(service) ?? true
}

export const FAULT_HELP =
  `SERVICE is one of ${SERVICE_NAMES.join(', ')}; KIND one of ${[...FAULT_KINDS, ...FAULT_STATUSES].join(', ')}; ` +
  'N is how many requests it hits, for latency milliseconds'

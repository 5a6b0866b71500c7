// Faults that a test orders: `SERVICE:KIND[:N]`. Most are put upon a service's answer from outside (`withFaults`);
// a wrong proof of a CA or a timestamp authority and an expired certificate are asked for by the service itself.
import { Fault } from '../errors.ts'
import { problem, SERVICE_NAMES, type Service, type ServiceName } from './service.ts'

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

/** Thrown to the server, which then closes the connection without an answer. */
export class DroppedConnection extends Error {}

const STATUSES = ['429', '500', '502', '503', '504'] as const
const DEFAULT_LATENCY = 1000

/** Parses `SERVICE:KIND[:N]`, or throws `usage` with what would have been right. */
export function parseFault(text: string): SandboxFault {
  const [service, kind, count, ...rest] = text.split(':')
  const known = SERVICE_NAMES.find((name) => name === service)
  const sort = [...FAULT_KINDS, ...STATUSES].find((name) => name === kind)
  const right = count === undefined || /^[1-9]\d{0,6}$/.test(count)
  if (known === undefined || sort === undefined || !right || rest.length > 0)
    throw new Fault('usage', `--fault ${JSON.stringify(text)} is not SERVICE:KIND[:N]`, { hint: FAULT_HELP })
  if (sort === 'latency') return { service: known, kind: sort, count: Number(count ?? DEFAULT_LATENCY) }
  return count === undefined ? { service: known, kind: sort } : { service: known, kind: sort, count: Number(count) }
}

export const FAULT_HELP = `SERVICE is one of ${SERVICE_NAMES.join(', ')}; KIND one of ${[...FAULT_KINDS, ...STATUSES].join(', ')}; N is how many requests it hits, for latency milliseconds`

/** The service with the board's faults upon its answers. */
export function withFaults(service: Service, board: FaultBoard): Service {
  const { name } = service
  return {
    name,
    handle: async (request) => {
      await pause(board.latency(name))
      if (board.take(name, 'drop')) throw new DroppedConnection()
      if (board.take(name, '5xx')) return refusal(503)
      for (const status of STATUSES) if (board.take(name, status)) return refusal(Number(status))
      return await spoil(name, board, await service.handle(request))
    },
  }
}

async function spoil(name: ServiceName, board: FaultBoard, answer: Response): Promise<Response> {
  if (!answer.ok) return answer
  if (board.take(name, 'garbage'))
    return new Response('\u0000garbage{"', { status: answer.status, headers: answer.headers })
  if (isLog(name) && board.take(name, 'wrong-proof')) return await withWrongProof(answer)
  if (board.take(name, '409')) return await asConflict(answer)
  return answer
}

function isLog(name: ServiceName): boolean {
  return name === 'rekor1' || name === 'rekor2'
}

function refusal(status: number): Response {
  return problem(status, 14, 'a fault that this sandbox was told to show')
}

// What was asked for has happened; the answer only says that it had happened before, as a repeated request would see it.
async function asConflict(answer: Response): Promise<Response> {
  const index = /"logIndex":\s*"?(\d+)/.exec(await answer.text())?.[1]
  const headers = new Headers({ 'content-type': 'application/json' })
  const location = answer.headers.get('location')
  if (location !== null) headers.set('location', location)
  if (index !== undefined) headers.set('x-log-index', index)
  const body = { code: 409, message: 'an equivalent entry already exists in the transparency log' }
  return new Response(JSON.stringify(body), { status: 409, headers })
}

/** Changes one character of the first hash of every inclusion proof, and of its root: the form stays right. */
async function withWrongProof(answer: Response): Promise<Response> {
  const body = (await answer.text()).replace(/"rootHash":\s*"(.)/g, (whole, first: string) =>
    whole.slice(0, -1).concat(first === '0' ? '1' : '0'),
  )
  return new Response(body, { status: answer.status, headers: answer.headers })
}

function pause(milliseconds: number): Promise<void> {
  if (!Number.isFinite(milliseconds) || milliseconds <= 0) return Promise.resolve()
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

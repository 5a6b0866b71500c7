// Puts ordered faults upon a service's answers. What drops a connection, answers 409 or spoils an answer lets the service
// do its work first, so that a client which asks again meets what it left behind; an error status does not.

import { FAULT_STATUSES, type FaultBoard } from './fault.ts'
import { DroppedConnection } from './server.ts'
import { problem, type Service, type ServiceName } from './service.ts'

/** The service with the board's faults. */
export function withFaults(service: Service, board: FaultBoard): Service {
  const { name } = service
  return {
    name,
    handle: async (request) => {
      await pause(board.latency(name))
      if (board.take(name, '5xx')) return refusal(503)
      for (const status of FAULT_STATUSES) if (board.take(name, status)) return refusal(Number(status))
      return await spoil(service, board, request)
    },
  }
}

async function spoil(service: Service, board: FaultBoard, request: Request): Promise<Response> {
  const { name } = service
  const answer = await service.handle(request)
  if (board.take(name, 'drop')) throw new DroppedConnection()
  if (!answer.ok) return answer
  if (board.take(name, 'garbage')) return replaced(answer, '\u0000garbage{"')
  if (carriesProof(name, answer) && board.take(name, 'wrong-proof')) return await withWrongProof(answer)
  if (request.method === 'POST' && board.take(name, '409')) return await asConflict(answer)
  return answer
}

/** A Rekor's answer about entries; tiles and checkpoints are no proofs by themselves. */
function carriesProof(name: ServiceName, answer: Response): boolean {
  const isJson = answer.headers.get('content-type') === 'application/json'
  return isJson && (name === 'rekor1' || name === 'rekor2')
}

function refusal(status: number): Response {
  return problem(status, 14, 'a fault that this sandbox was told to show')
}

// The answer only says that what was asked for had happened before, as a repeated request would see it.
async function asConflict(answer: Response): Promise<Response> {
  const index = /"logIndex":\s*"?(\d+)/.exec(await answer.text())?.[1]
  const headers = new Headers({ 'content-type': 'application/json' })
  const location = answer.headers.get('location')
  if (location !== null) headers.set('location', location)
  if (index !== undefined) headers.set('x-log-index', index)
  const body = { code: 409, message: 'an equivalent entry already exists in the transparency log' }
  return new Response(JSON.stringify(body), { status: 409, headers })
}

/** Another first character in the root of every inclusion proof, and in its first hash where it has one. */
async function withWrongProof(answer: Response): Promise<Response> {
  const pattern = /("rootHash":\s*"|"hashes":\s*\[\s*")(.)/g
  const other = (_: string, before: string, first: string) => `${before}${first === '0' ? '1' : '0'}`
  return replaced(answer, (await answer.text()).replace(pattern, other))
}

function replaced({ status, headers }: Response, body: string): Response {
  return new Response(body, { status, headers })
}

function pause(milliseconds: number): Promise<void> {
  if (milliseconds <= 0) return Promise.resolve()
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

// What a promise rejects with, where that must be a fault: one line, and nothing else.
import { Fault } from '../../src/errors.ts'

export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(thrown instanceof Fault)) throw new Error('no fault was thrown', { cause: thrown })
  if (/[\n\r]/.test(`${thrown.message}${thrown.hint}`)) throw new Error('the fault has more than one line')
  return thrown
}

/** Everything of a fault that could be printed, causes included. */
export function printed(fault: Fault): string {
  const parts: string[] = []
  for (let at: unknown = fault; at instanceof Error; at = at.cause) parts.push(String(at), at.stack ?? '')
  return [...parts, fault.hint, JSON.stringify(fault)].join('\n')
}

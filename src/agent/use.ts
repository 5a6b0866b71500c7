// One line for each use of a key.
import type { HeldIdentity } from './answer.ts'
import type { GitPayload } from './payload.ts'

interface Counted {
  readonly uses: number
  readonly forwardedUses: number
}

/** `used once`, `used 3 times`. */
export function usesText(uses: number): string {
  return uses === 1 ? 'used once' : `used ${uses} times`
}

/** `TIME KIND as SUBJECT (ISSUER), use N`. Names come from outside: whoever prints it escapes it. */
export function signedLine(
  now: number,
  { issuer, subject }: HeldIdentity,
  { kind, person }: GitPayload,
  { uses, forwardedUses }: Counted,
  forwarded: boolean,
): string {
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  const by = person === undefined ? '' : ` by ${person.email.slice(0, 200)}`
  const where = forwarded ? `, forwarded use ${forwardedUses}` : ''
  return `${time} a ${kind}${by} as ${subject} (${issuer}), use ${uses}${where}`
}

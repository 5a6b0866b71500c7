// Which of the identities at hand signs: the configured one, else the only one, else the committer's; else the person
// has to say.
import type { HeldIdentity } from './answer.ts'
import type { Wanted } from './request.ts'

/** One identity, none, or those between which nothing decides. Newest last, as they were kept. */
export function select(
  held: readonly HeldIdentity[],
  { instance, identities, subjects }: Wanted,
  person: { readonly name: string; readonly email: string } | undefined,
): readonly HeldIdentity[] {
  const fit = held.filter(
    (one) =>
      one.instance === instance &&
      (identities === undefined || identities.some((name) => isNamed(one, name))) &&
      (subjects === undefined || subjects.includes(one.subject)),
  )
  if (fit.length < 2) return fit
  const own = fit.filter(({ subject }) => subject === person?.email)
  return own.length > 0 ? own : fit
}

/** Whether `SUBJECT` or `ISSUER SUBJECT` names it. */
export function isNamed({ issuer, subject }: Pick<HeldIdentity, 'issuer' | 'subject'>, name: string): boolean {
  return name === subject || name === `${issuer} ${subject}`
}

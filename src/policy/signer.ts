// Which of a policy's identities a proven signature is by, at the times that are proven. The committer's date is never
// looked at: whoever writes the commit chooses it.
import type { Facts } from '../verify/facts.ts'
import type { IdentityForm, Pattern, Revocation, Window } from './document.ts'
import type { Policy } from './prepare.ts'
import { formatTime } from './time.ts'

export interface Recognised {
  /** Names of identities; empty where it is nobody's. */
  readonly names: readonly string[]
  /** Of identities that would be meant at another time: why they are not. */
  readonly outside: readonly string[]
  /** The signature is by somebody and counts as nobody's. */
  readonly revoked?: Revocation
}

export function recognise(policy: Policy, facts: Facts): Recognised {
  const named = policy.document.identities.flatMap(({ name, forms }) =>
    forms.filter((form) => isMeant(policy, form, facts)).map((form) => ({ name, window: form.window })),
  )
  const inside = named.filter(({ window }) => isWithin(window, facts))
  const names = [...new Set(inside.map(({ name }) => name))]
  // Whoever is named at any time: a revocation must not be passed by because a window is over.
  const everybody = new Set(named.map(({ name }) => name))
  const revoked = policy.document.revocations.find(
    (each) => each.members.some((name) => everybody.has(name)) && touches(each.window, facts),
  )
  const outside = named
    .filter(({ name }) => !names.includes(name))
    .map(({ name, window }) => `${name} ${windowText(window)}`)
  return {
    names: revoked === undefined ? names : [],
    outside: [...new Set(outside)],
    ...(revoked === undefined ? {} : { revoked }),
  }
}

/** A second name of the same signer, for counting heads: the certificate's word. */
export function signerKey({ instance, identity }: Facts): string {
  return JSON.stringify([instance, identity.issuer, identity.subject])
}

function isMeant(policy: Policy, form: IdentityForm, { instance, identity }: Facts): boolean {
  const holds = (pattern: Pattern, text: string) =>
    'exact' in pattern ? pattern.exact === text : policy.matches(pattern.regexp, text)
  return (
    (form.instance ?? policy.instance) === instance &&
    holds(form.issuer, identity.issuer) &&
    holds(form.subject, identity.subject) &&
    form.claims.every(({ extensions, is }) =>
      extensions.some((name) => {
        const value = Object.hasOwn(identity.claims, name) ? identity.claims[name] : undefined
        return value !== undefined && holds(is, value)
      }),
    )
  )
}

/** Every proven time lies inside, and there is one. */
function isWithin({ from, until }: Window, { times }: Facts): boolean {
  const inside = (time: number) => (from === undefined || time >= from) && (until === undefined || time < until)
  return times.length > 0 && times.every(({ time }) => inside(time))
}

/** Any proven time lies inside: of two, the one that revokes counts. */
function touches({ from, until }: Window, { times }: Facts): boolean {
  return times.some(({ time }) => (from === undefined || time >= from) && (until === undefined || time < until))
}

function windowText({ from, until }: Window): string {
  const parts = [
    from === undefined ? '' : `from ${formatTime(from)}`,
    until === undefined ? '' : `until ${formatTime(until)}`,
  ]
  return `only ${parts.filter((part) => part !== '').join(' ')}`
}

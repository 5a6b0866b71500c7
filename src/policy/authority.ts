// Whether one authority of a rule gives its word: a signer it names, as many heads as it asks for, and its expression.
import { Fault } from '../errors.ts'
import type { Facts } from '../verify/facts.ts'
import type { Authority } from './document.ts'
import type { PolicyInput } from './input.ts'
import type { Policy } from './prepare.ts'
import { countHeads } from './quorum.ts'
import { recognise, signerKey } from './signer.ts'

/** Who made the object's own signature, as far as the policy knows them. */
export interface Signed {
  /** Names of identities, or of keys. */
  readonly names: readonly string[]
  readonly by: 'identity' | 'key' | 'nobody'
  /** Why there is nobody. */
  readonly why: string
}

/** Undefined where the authority is satisfied, else why not. */
export function withheld(policy: Policy, authority: Authority, signed: Signed, input: PolicyInput): string | undefined {
  const { names, by, why } = signed
  if (by === 'nobody') return why
  const own = names.filter((name) => authority.members.includes(name))
  const asked = authority.signers.join(', ')
  // Whoever else signed: an object that its own signer may not make is not made good by others.
  if (own.length === 0) return names.length === 0 ? why : `${names.join(', ')} is not of ${asked}`
  if (authority.quorum > 1) {
    const heads = countHeads([by === 'identity' ? own : [], ...endorsers(policy, authority, input)])
    if (heads < authority.quorum) return `${heads} of ${authority.quorum} of ${asked} signed`
  }
  return authority.cel === undefined ? undefined : denied(policy, authority.cel, input)
}

// One endorsement a signer: the same person may have signed twice.
function endorsers(policy: Policy, { members }: Authority, { facts, endorsements = [] }: PolicyInput) {
  const others = new Map<string, Facts>(endorsements.map((each) => [signerKey(each), each]))
  if (facts !== undefined) others.delete(signerKey(facts))
  return [...others.values()].map((each) => recognise(policy, each).names.filter((name) => members.includes(name)))
}

function denied(policy: Policy, cel: string, input: PolicyInput): string | undefined {
  try {
    return policy.evaluate(cel, celInput(cel, input)) ? undefined : `not so: ${oneLine(cel)}`
  } catch (thrown) {
    // Without an answer there is no leave; a fault of Git's below it is one here too.
    if (thrown instanceof Fault) throw thrown
    return `no answer to ${oneLine(cel)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  }
}

/** Most paths that an expression is given; a commit that changes more has no answer where it speaks of them. */
const MAX_PATHS = 1000

/** What an expression speaks of. What is unknown is left out, so that speaking of it has no answer. */
function celInput(cel: string, input: PolicyInput): object {
  const { kind, oid, ref, tagName, parents, facts, endorsements } = input
  const paths = /\bpaths\b/.test(cel) ? input.paths?.() : undefined
  return {
    object: {
      kind,
      id: oid,
      ...(ref === undefined ? {} : { ref }),
      ...(tagName === undefined ? {} : { tag: tagName }),
      ...(parents === undefined ? {} : { parents: BigInt(parents.length) }),
    },
    ...(facts === undefined
      ? {}
      : { signer: celSigner(facts), times: facts.times.map(({ time }) => new Date(time).toISOString()) }),
    ...(endorsements === undefined ? {} : { endorsements: endorsements.slice(0, 32).map(celSigner) }),
    ...(paths === undefined || paths.length > MAX_PATHS ? {} : { paths: [...paths] }),
  }
}

function celSigner({ instance, identity }: Facts): object {
  const { subject, issuer, type, claims } = identity
  return { instance, subject, issuer, type, claims: new Map(Object.entries(claims)) }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

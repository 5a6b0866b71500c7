// What a vector is: one object, the trust to judge it by, and what must come out; and the two ways to make one.
import { encodeUtf8 } from '../../src/bytes.ts'
import type { Check } from '../../src/verify/verdict.ts'
import { IDENTITY, MINUTE, SIGNED_AT } from '../forge/instance.ts'
import { joinObject, type ObjectKind, payloadOf } from '../forge/object.ts'
import { forgeSignature, type Recipe } from '../forge/recipe.ts'
import type { RootName } from './roots.ts'

export type Expectation =
  | { readonly verdict: 'accepted'; readonly subject: string; readonly issuer: string }
  | { readonly verdict: 'rejected'; readonly check: Check; readonly reason: string }

export interface Vector {
  readonly name: string
  readonly kind: ObjectKind
  readonly objectFormat: 'sha1' | 'sha256'
  readonly object: Uint8Array
  readonly trustedRoot: RootName
  readonly now: number
  readonly ignoreSct: boolean
  /** What it shows, or which attack it is. */
  readonly says: string
  /** The good vector that it is one mutation away from. */
  readonly from: string | undefined
  readonly expected: Expectation
  /** Of the tags that a merge carries, in order. */
  readonly mergeTags: readonly Expectation[]
}

/** A vector's making: the signature's recipe and what is about the object around it. */
export interface Making extends Recipe {
  readonly kinds?: readonly ObjectKind[]
  readonly payload?: Uint8Array
  readonly sha256?: boolean
  /** After it was signed. */
  readonly object?: (object: Uint8Array) => Uint8Array
  readonly root?: RootName
  readonly now?: number
  readonly ignoreSct?: boolean
  readonly from?: string
  readonly mergeTags?: readonly Expectation[]
}

export const ALL_KINDS: readonly ObjectKind[] = ['commit', 'tag', 'push-certificate']
const NOW = SIGNED_AT + 60 * MINUTE

/** Vectors that must be accepted, with this signer. */
export function good(
  name: string,
  says: string,
  making: Making = {},
  signer: { readonly subject: string; readonly issuer: string } = IDENTITY,
): readonly Vector[] {
  return make(`good-${name}`, says, making, { verdict: 'accepted', ...signer })
}

/** Vectors that `check` must reject, in these words of ours. */
export function bad(check: Check, name: string, reason: string, says: string, making: Making = {}): readonly Vector[] {
  return make(`${check}-${name}`, says, making, { verdict: 'rejected', check, reason })
}

function make(name: string, says: string, making: Making, expected: Expectation): readonly Vector[] {
  const { kinds = ['commit'] } = making
  return kinds.map((kind) => ({
    name: kind === 'commit' ? name : `${name}-${kind === 'tag' ? 'tag' : 'push'}`,
    kind,
    objectFormat: making.sha256 === true ? 'sha256' : 'sha1',
    object: makeObject(kind, making),
    trustedRoot: making.root ?? 'all',
    now: making.now ?? NOW,
    ignoreSct: making.ignoreSct === true,
    says,
    from: expected.verdict === 'accepted' ? undefined : (making.from ?? goodOf(kind, making)),
    expected,
    mergeTags: making.mergeTags ?? [],
  }))
}

function makeObject(kind: ObjectKind, making: Making): Uint8Array {
  const payload = making.payload ?? payloadOf(kind)
  const signature = forgeSignature(payload, making)
  const object = joinObject(kind, payload, signature, making.sha256 === true ? 'sha256' : 'sha1')
  return making.object === undefined ? object : making.object(object)
}

function goodOf(kind: ObjectKind, { log, stamp, sha256 }: Making): string {
  const suffix = kind === 'commit' ? '' : kind === 'tag' ? '-tag' : '-push'
  if (log === 'v2') return `good-v2${suffix}`
  if (stamp !== undefined && stamp !== null) return `good-v1-stamped${suffix}`
  return sha256 === true ? 'good-sha256-repository' : `good-v1${suffix}`
}

/** case.json: the published form, see fixtures/README.md. */
export function encodeCase(vector: Vector): Uint8Array {
  const document = {
    format: 1,
    kind: vector.kind,
    objectFormat: vector.objectFormat,
    object: 'object',
    trustedRoot: `../../trusted-roots/${vector.trustedRoot}.json`,
    now: new Date(vector.now).toISOString().replace('.000Z', 'Z'),
    ...(vector.ignoreSct ? { insecureIgnoreSct: true } : {}),
    expected: vector.expected,
    ...(vector.mergeTags.length === 0 ? {} : { mergeTags: vector.mergeTags }),
    ...(vector.from === undefined ? { shows: vector.says } : { attack: vector.says, mutationOf: vector.from }),
  }
  return encodeUtf8(`${JSON.stringify(document, null, 2)}\n`)
}

// The published vectors as a test reads them, and the verdict of our core on one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { splitProblem } from '../../src/cli/signed-object.ts'
import { mergeTags, type Split, splitCommit, splitPushCertificate, splitTag } from '../../src/git/object.ts'
import type { TrustedRoot } from '../../src/trust/root.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import type { Verdict } from '../../src/verify/verdict.ts'
import { verifySignature } from '../../src/verify/verify.ts'

export type Expectation =
  | { readonly verdict: 'accepted'; readonly subject: string; readonly issuer: string }
  | { readonly verdict: 'rejected'; readonly check: string; readonly reason: string }

/** case.json of format 1 (fixtures/README.md). */
export interface VectorCase {
  readonly format: 1
  readonly kind: 'commit' | 'tag' | 'push-certificate'
  readonly objectFormat: 'sha1' | 'sha256'
  readonly object: string
  readonly trustedRoot: string
  readonly now: string
  readonly insecureIgnoreSct?: boolean
  readonly expected: Expectation
  readonly mergeTags?: readonly Expectation[]
  readonly attack?: string
  readonly mutationOf?: string
  readonly shows?: string
}

export interface StoredVector extends VectorCase {
  readonly name: string
  readonly bytes: Uint8Array
  readonly rootPath: string
}

/** All vectors under `folder`, by name. */
export function readVectors(folder: string): readonly StoredVector[] {
  const names = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'case.json')))
    .sort()
  return names.map((name) => {
    const described = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')) as VectorCase
    const bytes = readFileSync(join(folder, name, described.object))
    return { ...described, name, bytes, rootPath: join(folder, name, described.trustedRoot) }
  })
}

export interface Judged {
  readonly expected: Expectation
  readonly verdict: Expectation
}

/** What we say of the object, and of each tag that it carries. */
export function judgeVector(vector: StoredVector): readonly Judged[] {
  const tags = vector.kind === 'commit' ? mergeTags(vector.bytes) : []
  return [
    { expected: vector.expected, verdict: judgeSplit(vector, vector.kind, splitVector(vector)) },
    ...(vector.mergeTags ?? []).map((expected, i) => {
      const tag = splitTag(tags[i] ?? new Uint8Array(), vector.objectFormat)
      return { expected, verdict: judgeSplit(vector, 'tag', tag) }
    }),
  ]
}

export function splitVector({ kind, bytes, objectFormat }: StoredVector): Split {
  if (kind === 'commit') return splitCommit(bytes, objectFormat)
  return kind === 'tag' ? splitTag(bytes, objectFormat) : splitPushCertificate(bytes)
}

function judgeSplit(vector: StoredVector, kind: VectorCase['kind'], split: Split): Expectation {
  const name = kind === 'push-certificate' ? 'push certificate' : kind
  const subject = { object: '', kind: name, algorithm: vector.objectFormat, person: undefined } as const
  const problem = splitProblem({ split, subject })
  if (problem !== undefined || split.signature === undefined)
    return { verdict: 'rejected', check: 'format', reason: problem ?? '' }
  const ignoreSct = vector.insecureIgnoreSct === true
  const options = { trust: rootOf(vector), now: Date.parse(vector.now), ignoreSct }
  return described(verifySignature(split.payload, split.signature, options))
}

function described(verdict: Verdict): Expectation {
  if (!verdict.ok) return { verdict: 'rejected', check: verdict.rejection.check, reason: verdict.rejection.why }
  const { subject, issuer } = verdict.signer.identity
  return { verdict: 'accepted', subject, issuer }
}

const roots = new Map<string, TrustedRoot>()

function rootOf({ rootPath }: StoredVector): TrustedRoot {
  const root = roots.get(rootPath) ?? parseTrustedRoot(readFileSync(rootPath))
  roots.set(rootPath, root)
  return root
}

// Signed objects to mutate: those of the corpus, where it is beside the checkout, and every published vector; good or bad.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ObjectAlgorithm } from '../../src/git/id.ts'
import { type Split, splitCommit, splitPushCertificate, splitTag } from '../../src/git/object.ts'
import type { TrustedRoot } from '../../src/trust/root.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import type { VerifyOptions } from '../../src/verify/material.ts'

export interface ObjectInput {
  readonly name: string
  readonly kind: 'commit' | 'tag' | 'push-certificate'
  readonly objectFormat: ObjectAlgorithm
  readonly bytes: Uint8Array
  readonly options: VerifyOptions
}

interface VectorCase extends Pick<ObjectInput, 'kind' | 'objectFormat'> {
  readonly object: string
  readonly trustedRoot: string
  readonly now: string
  readonly insecureIgnoreSct?: boolean
}

/** Later than every object of the corpus. */
export const NOW = Date.parse('2027-01-01T00:00:00Z')

export function readObjects(corpus: string, vectors: string): readonly ObjectInput[] {
  return [...readCorpus(corpus), ...readVectors(vectors)]
}

export function splitInput({ kind, bytes, objectFormat }: ObjectInput): Split {
  if (kind === 'commit') return splitCommit(bytes, objectFormat)
  return kind === 'tag' ? splitTag(bytes, objectFormat) : splitPushCertificate(bytes)
}

function readCorpus(folder: string): readonly ObjectInput[] {
  if (!existsSync(join(folder, 'trusted_root.json'))) return []
  const trust = parseTrustedRoot(readFileSync(join(folder, 'trusted_root.json')))
  const names = readdirSync(join(folder, 'objects')).sort()
  return names.map((name) => ({
    name: basename(name),
    kind: name.endsWith('.tag') ? 'tag' : 'commit',
    objectFormat: 'sha1',
    bytes: readFileSync(join(folder, 'objects', name)),
    options: { trust, now: NOW, ignoreSct: false },
  }))
}

function readVectors(folder: string): readonly ObjectInput[] {
  if (!existsSync(folder)) return []
  const roots = new Map<string, TrustedRoot>()
  const rootAt = (path: string): TrustedRoot => {
    const root = roots.get(path) ?? parseTrustedRoot(readFileSync(path))
    roots.set(path, root)
    return root
  }
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'case.json')))
  return names.sort().map((name) => {
    const described = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')) as VectorCase
    const { kind, objectFormat, now, insecureIgnoreSct: ignoreSct = false } = described
    const trust = rootAt(join(folder, name, described.trustedRoot))
    const bytes = readFileSync(join(folder, name, described.object))
    return { name, kind, objectFormat, bytes, options: { trust, now: Date.parse(now), ignoreSct } }
  })
}

// The folder of real signed objects and conformance cases beside the checkout. Tests read it; nothing of it is copied.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../shared/', import.meta.url))

/** False where the folder is absent: pass it to `test.skipIf(!hasShared)`; the reason is printed once a file. */
export const hasShared: boolean = existsSync(`${folder}corpus/expected.json`)
if (!hasShared) console.warn('skipped: ../shared is absent, so the corpus and the conformance cases cannot be read')

export function readShared(path: string): Uint8Array {
  return readFileSync(folder + path)
}

export function sharedPath(path: string): string {
  return folder + path
}

export interface CorpusRecord {
  readonly oid: string
  readonly type: 'commit' | 'tag'
  readonly repo: string
  readonly log: 'embedded' | 'not embedded'
  readonly gitsign?: 'good' | 'fails'
  readonly logIndex?: string
  readonly identity?: string
  readonly issuer?: string
}

export function readCorpus(): readonly CorpusRecord[] {
  return hasShared ? (JSON.parse(new TextDecoder().decode(readShared('corpus/expected.json'))) as CorpusRecord[]) : []
}

export function readCorpusObject(record: CorpusRecord): Uint8Array {
  return readShared(`corpus/objects/${record.oid}.${record.type}`)
}

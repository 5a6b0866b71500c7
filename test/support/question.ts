// Git's question for a verdict, as a command line with real files: a good signature of the corpus.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { splitCommit } from '../../src/git/object.ts'
import { readCorpus, readCorpusObject } from './shared.ts'

export interface Question {
  readonly args: readonly string[]
  readonly payload: Uint8Array
}

/** Writes the signature into `folder`. Only where the corpus is there. */
export function goodQuestion(folder: string): Question {
  const record = readCorpus().find(({ type, gitsign }) => type === 'commit' && gitsign === 'good')
  if (record === undefined) throw new Error('the corpus is absent')
  const { payload, signature } = splitCommit(readCorpusObject(record), 'sha1')
  if (signature === undefined) throw new Error(`${record.oid} has no signature`)
  writeFileSync(join(folder, 'signature'), signature)
  return { args: ['--status-fd=1', '--verify', join(folder, 'signature'), '-'], payload }
}

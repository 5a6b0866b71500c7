// What an explanation says of a log entry: where it was found, and what proves that the log has it.
import { toHex } from '../bytes.ts'
import type { LogEntry } from '../rekor/entry.ts'
import type { FoundIn } from '../verify/verdict.ts'
import type { Accepted } from './assessment.ts'
import type { Detail } from './explain-about.ts'

const FOUND_IN: Readonly<Record<FoundIn, string>> = {
  note: 'a note of the repository, checked as if it were inside the signature',
  log: 'the log, which was asked for the id of the object',
}

/** Of an entry that is not in the signature: where it was found, and which it is. */
export function foundDetails({ verdict: { entry } }: Accepted): readonly Detail[] {
  if (entry.foundIn === undefined) return []
  return [
    ['found in', FOUND_IN[entry.foundIn]],
    ['log', entry.log],
    ['log id', toHex(entry.logId)],
    ['entry', `${entry.logIndex}, ${entry.kind} ${entry.version}`],
  ]
}

/** Of an entry that came with the signature. */
export function proofDetails({ proof, promise }: LogEntry): readonly Detail[] {
  const kinds = [
    ...(promise === undefined ? [] : ['signed entry timestamp']),
    ...(proof === undefined ? [] : ['inclusion proof']),
  ]
  return [
    ['evidence', kinds.join(' and ') || 'none'],
    ...(proof === undefined
      ? []
      : [
          [
            'tree',
            `leaf ${proof.logIndex} of ${proof.treeSize}, ${proof.hashes.length} hashes to ${toHex(proof.rootHash)}`,
          ] as const,
          ['checkpoint of', proof.checkpoint.split('\n')[0] ?? ''] as const,
        ]),
  ]
}

// What the agent signs: a commit, a tag or a push certificate as Git hands it over, and nothing else. Whoever reaches the
// socket can have Git objects signed, but no artifact, token or certificate request.
import { Fault, malformed } from '../errors.ts'
import { type Person, parseCommitHeader, parsePerson, parseTagHeader } from '../git/commit.ts'
import { headerLength, readHeader } from '../git/header.ts'
import type { ObjectAlgorithm } from '../git/id.ts'
import { parsePushCertificate } from '../git/push.ts'

export interface GitPayload {
  readonly kind: 'commit' | 'tag' | 'push certificate'
  /** Committer, tagger or pusher, by the payload's own word; undefined where the line has no address. */
  readonly person: Person | undefined
}

/** Throws `parse` for what Git would not have had signed. */
export function parsePayload(payload: Uint8Array): GitPayload {
  const headers = readHeader(payload)
  if (headerLength(payload) === payload.length) throw malformed('payload', 'no header of a Git object')
  // Git drops such a header before it verifies: the signature would not cover what stands in it.
  if (headers.some(({ raw }) => raw.startsWith('gpgsig'))) throw malformed('payload', 'it holds a signature header')
  switch (headers[0]?.name) {
    case 'tree':
      return { kind: 'commit', person: personOf(parseEither(payload, parseCommitHeader).committer) }
    case 'object':
      return { kind: 'tag', person: personOf(parseEither(payload, parseTagHeader).tagger) }
    case 'certificate':
      return { kind: 'push certificate', person: personOf(parsePushCertificate(payload).pusher) }
    default:
      throw malformed('payload', 'neither commit, tag nor push certificate')
  }
}

function parseEither<T>(payload: Uint8Array, parse: (bytes: Uint8Array, algorithm: ObjectAlgorithm) => T): T {
  try {
    return parse(payload, 'sha1')
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return parse(payload, 'sha256')
  }
}

function personOf(line: Uint8Array | undefined): Person | undefined {
  try {
    return line && parsePerson(line)
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}

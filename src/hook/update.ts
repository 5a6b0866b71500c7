// What Git tells a hook of a push: one line for each ref, its old and its new object (githooks(5)).
import { decodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { isObjectId } from '../git/id.ts'
import type { PushUpdate } from '../git/push.ts'

/** Reads what `pre-receive` is given. Throws `parse` for anything else: a line that is skipped is a ref unjudged. */
export function parseUpdates(input: Uint8Array): readonly PushUpdate[] {
  return linesOf(input).map((line) => {
    const [from = '', to = '', ref = '', ...more] = line.split(' ')
    return checkUpdate({ from, to, ref }, more.length > 0)
  })
}

/** Reads what `pre-push` is given: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`. */
export function parsePushLines(input: Uint8Array): readonly PushUpdate[] {
  return linesOf(input).map((line) => {
    // A revision may stand in the place of the local ref, spaces and all.
    const [from = '', ref = '', to = ''] = line.split(' ').reverse()
    return checkUpdate({ from, to, ref }, false)
  })
}

/** Throws `parse` unless it is one ref with two ids of one kind. */
export function checkUpdate({ from, to, ref }: PushUpdate, isLonger = false): PushUpdate {
  const algorithm = from.length === 40 ? 'sha1' : 'sha256'
  if (isLonger || !isObjectId(from, algorithm) || !isObjectId(to, algorithm) || !/^refs\/./.test(ref))
    throw malformed('update', 'not OLD-ID NEW-ID REF')
  return { from, to, ref }
}

/** Where there is no object: before a ref is made, after it is deleted. */
export function isNothing(oid: string): boolean {
  return /^0+$/.test(oid)
}

function linesOf(input: Uint8Array): readonly string[] {
  const text = decodeUtf8(input, 'the updates')
  if (text === '') return []
  if (!text.endsWith('\n')) throw malformed('update', 'a line that is cut off')
  return text.slice(0, -1).split('\n')
}

// Vectors about content that was changed after it was signed, and merges whose tag is not good.
import { decodeLatin1 } from '../../src/bytes.ts'
import { appended, commitPayload, folded, ID, joinObject, replaced, tagPayload } from '../forge/object.ts'
import { forgeSignature } from '../forge/recipe.ts'
import { ALL_KINDS, bad, type Expectation, good, type Vector } from './vector.ts'

const OTHER = ID.replace('4b82', '4b83')

const CHANGED = 'the content is not what was signed'

const CONTENT: readonly Vector[] = [
  ...bad('digest', 'message-changed', CHANGED, 'the message was changed after it was signed', {
    object: (object) => replaced(object, 'Say hello', 'Say hullo'),
  }),
  ...bad('digest', 'tree-changed', CHANGED, 'the signature was moved to another tree', {
    object: (object) => replaced(object, ID, OTHER),
  }),
  ...bad('digest', 'parent-added', CHANGED, 'a parent was put in', {
    object: (object) => replaced(object, '\nauthor', `\nparent ${ID}\nauthor`),
  }),
  ...bad('digest', 'committer-changed', CHANGED, 'the committer was exchanged', {
    object: (object) => replaced(object, 'committer Alice', 'committer Mallo'),
  }),
  ...bad('digest', 'newline-added', CHANGED, 'a newline at the end', { kinds: ALL_KINDS, object: addNewline }),
  ...bad(
    'digest',
    'newline-dropped',
    CHANGED,
    'the last newline dropped: a verifier that reads lines would not see it',
    {
      object: (object) => object.subarray(0, -1),
    },
  ),
  ...bad(
    'digest',
    'carriage-return-added',
    CHANGED,
    'a CR in the message: a verifier that tidies line ends would not see it',
    {
      object: (object) => replaced(object, 'mean it.\n', 'mean it.\r\n'),
    },
  ),
  ...bad('digest', 'other-signature', CHANGED, "another commit's signature", {
    armor: () => forgeSignature(commitPayload('Another\n')),
  }),
  ...bad('digest', 'object-changed', CHANGED, 'the tag was moved to another commit', {
    kinds: ['tag'],
    object: (object) => replaced(object, ID, OTHER),
  }),
  ...bad('digest', 'tag-renamed', CHANGED, 'the tag says another version', {
    kinds: ['tag'],
    object: (object) => replaced(object, 'tag v1.0', 'tag v2.0'),
  }),
  ...bad('digest', 'second-block', CHANGED, 'a second block behind the first makes the first one payload', {
    kinds: ['tag'],
    object: (object) => appended(object, decodeLatin1(forgeSignature(tagPayload()))),
  }),
  ...bad('digest', 'ref-changed', CHANGED, 'the push goes to another branch', {
    kinds: ['push-certificate'],
    object: (object) => replaced(object, 'refs/heads/main', 'refs/heads/evil'),
  }),
  ...bad('digest', 'nonce-changed', CHANGED, 'the push was recorded for another session', {
    kinds: ['push-certificate'],
    object: (object) => replaced(object, '0123456789abcdef', 'fedcba9876543210'),
  }),
]

const rejectedTag = (
  check: Extract<Expectation, { verdict: 'rejected' }>['check'],
  reason: string,
): readonly Expectation[] => [{ verdict: 'rejected', check, reason }]

/** Merges whose own signature is good: the tag that they carry is not. */
const MERGES: readonly Vector[] = [
  ...good('merge-of-changed-tag', "the merge's signature is good; the tag inside was changed after it was signed", {
    payload: mergeOf((tag) => replaced(tag, 'tag v1.0', 'tag v2.0')),
    mergeTags: rejectedTag('digest', CHANGED),
  }),
  ...good('merge-of-unsigned-tag', "the merge's signature is good; the tag inside has none", {
    payload: mergeOf(() => tagPayload()),
    mergeTags: rejectedTag('format', 'the tag is not signed'),
  }),
  ...good('merge-of-stolen-signature', "the merge's signature is good; the tag inside bears another object's", {
    payload: mergeOf(() => joinObject('tag', tagPayload(), forgeSignature(commitPayload()))),
    mergeTags: rejectedTag('digest', CHANGED),
  }),
  ...good('merge-of-unproven-tag', "the merge's signature is good; the tag inside proves no time", {
    payload: mergeOf(() => joinObject('tag', tagPayload(), forgeSignature(tagPayload(), { log: 'v2', stamp: null }))),
    mergeTags: rejectedTag('time', 'the log entry has no signed entry timestamp'),
  }),
]

function mergeOf(change: (tag: Uint8Array) => Uint8Array): Uint8Array {
  const tag = joinObject('tag', tagPayload(), forgeSignature(tagPayload()))
  return commitPayload('Merge tag v1.0\n', folded('mergetag', change(tag)))
}

/** Behind the message of a commit; in front of the signature of the others. */
function addNewline(object: Uint8Array): Uint8Array {
  const text = decodeLatin1(object)
  return text.startsWith('tree ') ? appended(object, '\n') : replaced(object, '-----BEGIN', '\n-----BEGIN')
}

export const CONTENTS: readonly Vector[] = [...CONTENT, ...MERGES]

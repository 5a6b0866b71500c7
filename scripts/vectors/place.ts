// Vectors about what is different in tags and push certificates: where their signature begins, what Git cuts out of them, and
// what a signature of another kind of object is worth there.
import { decodeLatin1 } from '../../src/bytes.ts'
import {
  appended,
  commitPayload,
  folded,
  ID,
  ID_SHA256,
  joinObject,
  pushPayload,
  replaced,
  tagPayload,
} from '../forge/object.ts'
import { forgeSignature } from '../forge/recipe.ts'
import { bad, good, type Vector } from './vector.ts'

const CHANGED = 'the content is not what was signed'
const SSH = '-----BEGIN SSH SIGNATURE-----\nabcd\n-----END SSH SIGNATURE-----\n'
const PGP = '-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n'

const TAGS: readonly Vector[] = [
  ...bad('digest', 'type-changed', CHANGED, 'the tag says that it names another kind of object', {
    kinds: ['tag'],
    object: (object) => replaced(object, 'type commit', 'type tree'),
  }),
  ...bad('digest', 'tagger-changed', CHANGED, 'the tagger was exchanged', {
    kinds: ['tag'],
    object: (object) => replaced(object, 'tagger Alice', 'tagger Mallo'),
  }),
  ...bad('digest', 'message-changed', CHANGED, 'the message was changed after it was signed', {
    kinds: ['tag'],
    object: (object) => replaced(object, 'The first', 'The worst'),
  }),
  ...bad('digest', 'commit-signature', CHANGED, 'the signature of a commit, on a tag', {
    kinds: ['tag'],
    armor: () => forgeSignature(commitPayload()),
  }),
  ...bad(
    'digest',
    'carriage-return-added',
    CHANGED,
    'a CR in the message: a verifier that tidies line ends would not see it',
    {
      kinds: ['tag'],
      object: (object) => replaced(object, 'release\n', 'release\r\n'),
    },
  ),
  ...bad(
    'format',
    'gpgsig-sha256-header',
    'a header named gpgsig-sha256 that no signature covers',
    'the signature header of the other algorithm in a tag, which Git cuts out of the payload',
    { kinds: ['tag'], object: (object) => replaced(object, '\n\nThe first', '\ngpgsig-sha256 hidden\n\nThe first') },
  ),
  ...bad(
    'format',
    'made-up-header',
    'a header named gpgsigx that no signature covers',
    'a header whose name begins like a signature’s: a verifier that cuts it out, as of a commit, would call the tag good',
    { kinds: ['tag'], object: (object) => replaced(object, '\n\nThe first', '\ngpgsigx hidden\n\nThe first') },
  ),
  ...bad(
    'format',
    'ssh-after-block',
    'the tag is signed with ssh, not x509',
    'a block of another kind behind the signature is what Git verifies',
    { kinds: ['tag'], object: (object) => appended(object, SSH) },
  ),
  ...bad(
    'format',
    'pgp-message-after-block',
    'the tag is signed with openpgp, not x509',
    'the older marker of OpenPGP, which Git knows too',
    { kinds: ['tag'], object: (object) => appended(object, PGP) },
  ),
  ...good('marker-in-a-line', 'a signature begins at the start of a line, not where a message speaks of one', {
    kinds: ['tag'],
    payload: tagPayload('Why -----BEGIN SIGNED MESSAGE----- stands here\n > -----BEGIN SIGNED MESSAGE-----\n'),
  }),
  ...good('sha256-tag', 'a tag in a repository of SHA-256: its signature stands at the end there too', {
    kinds: ['tag'],
    sha256: true,
    payload: tagPayload(undefined, ID_SHA256),
  }),
]

const PUSHES: readonly Vector[] = [
  ...bad('digest', 'pusher-changed', CHANGED, 'the pusher was exchanged', {
    kinds: ['push-certificate'],
    object: (object) => replaced(object, 'pusher Alice', 'pusher Mallo'),
  }),
  ...bad('digest', 'pushee-changed', CHANGED, 'the push is shown to another repository', {
    kinds: ['push-certificate'],
    object: (object) => replaced(object, 'git.example.com', 'git.example.org'),
  }),
  ...bad('digest', 'old-value-changed', CHANGED, 'the push overwrites something else than its pusher saw', {
    kinds: ['push-certificate'],
    object: (object) => replaced(object, '0'.repeat(40), ID),
  }),
  ...bad('digest', 'update-added', CHANGED, 'the push takes another branch along', {
    kinds: ['push-certificate'],
    object: (object) => replaced(object, '-----BEGIN', `${ID} ${'0'.repeat(40)} refs/heads/other\n-----BEGIN`),
  }),
  ...bad('digest', 'push-option-added', CHANGED, 'an option that the pusher did not give', {
    kinds: ['push-certificate'],
    object: (object) => replaced(object, '\n\n', '\npush-option ci.skip\n\n'),
  }),
  ...bad(
    'format',
    'gpgsig-header',
    'a header named gpgsig that no signature covers',
    'a signature header: a verifier that cuts it out, as of a commit, would call the push good',
    {
      kinds: ['push-certificate'],
      object: (object) => replaced(object, '\n\n', '\ngpgsig hidden\n\n'),
    },
  ),
  ...bad('digest', 'tag-signature', CHANGED, 'the signature of a tag, on a push certificate', {
    kinds: ['push-certificate'],
    armor: () => forgeSignature(tagPayload()),
  }),
  ...bad('digest', 'second-block', CHANGED, 'a second block behind the first makes the first one payload', {
    kinds: ['push-certificate'],
    object: (object) => appended(object, decodeLatin1(forgeSignature(pushPayload()))),
  }),
  ...bad(
    'format',
    'pgp-after-block',
    'the push certificate is signed with openpgp, not x509',
    'a block of another kind behind the signature is what Git verifies',
    { kinds: ['push-certificate'], object: (object) => appended(object, PGP) },
  ),
]

/** Merges whose own signature is good: Git cuts out of the tag inside what nobody signed, or takes another block. */
const MERGES: readonly Vector[] = [
  ...good('merge-of-tag-with-header', "the merge's signature is good; the tag inside has a header that nobody signed", {
    payload: mergeOf((tag) => replaced(tag, '\n\nThe first', '\ngpgsig hidden\n\nThe first')),
    mergeTags: [{ verdict: 'rejected', check: 'format', reason: 'a header named gpgsig that no signature covers' }],
  }),
  ...good(
    'merge-of-tag-with-two-blocks',
    "the merge's signature is good; the tag inside ends in a block of another kind",
    {
      payload: mergeOf((tag) => appended(tag, PGP)),
      mergeTags: [{ verdict: 'rejected', check: 'format', reason: 'the tag is signed with openpgp, not x509' }],
    },
  ),
]

function mergeOf(change: (tag: Uint8Array) => Uint8Array): Uint8Array {
  const tag = joinObject('tag', tagPayload(), forgeSignature(tagPayload()))
  return commitPayload('Merge tag v1.0\n', folded('mergetag', change(tag)))
}

export const PLACES: readonly Vector[] = [...TAGS, ...PUSHES, ...MERGES]

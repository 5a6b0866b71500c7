// Vectors about the object around the signature: headers nobody signed, blocks that are not one, content that was changed.
import { decodeLatin1, encodeUtf8 } from '../../src/bytes.ts'
import { encodeArmor } from '../../src/cms/armor.ts'
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
import { forgeSignature, type Recipe } from '../forge/recipe.ts'
import { ALL_KINDS, bad, type Expectation, good, type Vector } from './vector.ts'

const OTHER = ID.replace('4b82', '4b83')
const NOT_ONE = 'armor: not one SIGNED MESSAGE block'
const NOT_LINES = 'armor: not base64 in lines of 64'
const CHANGED = 'the content is not what was signed'

/** Armor edited as text. */
const armored = (change: (text: string) => string): Pick<Recipe, 'armor'> => ({
  armor: (text) => encodeUtf8(change(decodeLatin1(text))),
})

/** A header put in front of the committer's message, behind the signature. */
const withHeader = (header: string) => (object: Uint8Array) => replaced(object, '\n\nSay', `\n${header}\nSay`)

const HEADERS: readonly Vector[] = [
  ...bad(
    'format',
    'two-gpgsig',
    '2 gpgsig headers',
    'a second signature header: one is verified, another tool reads the other',
    {
      object: withHeader(folded('gpgsig', forgeSignature(commitPayload('Another\n')))),
    },
  ),
  ...bad(
    'format',
    'gpgsig-of-other-algorithm',
    'a header named gpgsig-sha256 that no signature covers',
    'bytes hidden in the signature header of the other object format',
    {
      object: withHeader(folded('gpgsig-sha256', encodeUtf8('hidden'))),
    },
  ),
  ...bad(
    'format',
    'gpgsig-made-up',
    'a header named gpgsig-x that no signature covers',
    'Git drops every header whose name begins with gpgsig from what it verifies, so bytes hide there',
    {
      object: withHeader('gpgsig-x hidden from the signature\n'),
    },
  ),
  ...bad(
    'format',
    'gpgsig-wrong-algorithm-alone',
    'a header named gpgsig-sha256 that no signature covers',
    'the signature stands in the header of SHA-256 repositories, in a repository of SHA-1',
    {
      object: (object) => replaced(object, '\ngpgsig ', '\ngpgsig-sha256 '),
    },
  ),
  ...bad(
    'format',
    'gpgsig-in-sha256-repository',
    'a header named gpgsig that no signature covers',
    'the signature stands in the header of SHA-1 repositories, in a repository of SHA-256',
    {
      sha256: true,
      payload: commitPayload(undefined, '', ID_SHA256),
      object: (object) => replaced(object, '\ngpgsig-sha256 ', '\ngpgsig '),
    },
  ),
  ...bad(
    'format',
    'gpgsig-header',
    'a header named gpgsig that no signature covers',
    'a signature header in a tag, which Git cuts out of the payload',
    {
      kinds: ['tag'],
      object: (object) => replaced(object, '\n\nThe first', '\ngpgsig hidden\n\nThe first'),
    },
  ),
  ...bad('format', 'unsigned', 'the commit is not signed', 'the signature was cut off', {
    object: () => commitPayload(),
  }),
  ...bad('format', 'unsigned', 'the tag is not signed', 'the signature was cut off', {
    kinds: ['tag'],
    object: () => tagPayload(),
  }),
  ...bad('format', 'unsigned', 'the push certificate is not signed', 'the signature was cut off', {
    kinds: ['push-certificate'],
    object: () => pushPayload(),
  }),
  ...bad(
    'format',
    'pgp-after-block',
    'the tag is signed with openpgp, not x509',
    'a block of another kind behind the signature is what Git verifies',
    {
      kinds: ['tag'],
      object: (object) => appended(object, '-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n'),
    },
  ),
  ...bad('format', 'ssh-signature', 'the commit is signed with ssh, not x509', 'a signature of another kind', {
    armor: (text) =>
      replaced(
        replaced(text, 'BEGIN SIGNED MESSAGE', 'BEGIN SSH SIGNATURE'),
        'END SIGNED MESSAGE',
        'END SSH SIGNATURE',
      ),
  }),
  ...bad(
    'format',
    'unknown-label',
    'the commit is signed with an unknown format, not x509',
    'a label that no program is known for',
    {
      armor: (text) =>
        replaced(replaced(text, 'BEGIN SIGNED MESSAGE', 'BEGIN PKCS7'), 'END SIGNED MESSAGE', 'END PKCS7'),
    },
  ),
]

const ARMOR: readonly Vector[] = [
  ...bad(
    'format',
    'two-blocks',
    NOT_LINES,
    'two blocks in one header: one reader takes the first, another the last',
    armored((text) => text + text),
  ),
  ...bad('format', 'text-after-block', NOT_ONE, 'text behind the block that no check reads', {
    ...armored((text) => `${text}more\n`),
    kinds: ALL_KINDS,
  }),
  ...bad(
    'format',
    'end-label',
    NOT_ONE,
    'the block ends under another label',
    armored((text) => text.replace('END SIGNED MESSAGE', 'END CMS')),
  ),
  ...bad(
    'format',
    'text-behind-marker',
    NOT_ONE,
    'text on the marker line, which Git ignores',
    armored((text) => text.replace('MESSAGE-----\n', 'MESSAGE----- more\n')),
  ),
  ...bad(
    'format',
    'carriage-returns',
    NOT_ONE,
    'lines end in CR LF, a second form of the same signature',
    armored((text) => text.replaceAll('\n', '\r\n')),
  ),
  ...bad(
    'format',
    'long-lines',
    NOT_LINES,
    'lines of 76 columns, a second form of the same signature',
    armored(rewrapped),
  ),
  ...bad(
    'format',
    'blank-line',
    NOT_LINES,
    'an empty line inside the block',
    armored((text) => text.replace('-----\n', '-----\n\n')),
  ),
  ...bad(
    'format',
    'pem-header',
    NOT_LINES,
    'a PEM header inside the block, where bytes hide',
    armored((text) => text.replace('-----\n', '-----\nVersion: 1\n')),
  ),
  ...bad('format', 'empty-block', NOT_LINES, 'nothing inside the block', {
    armor: () => encodeUtf8('-----BEGIN SIGNED MESSAGE-----\n-----END SIGNED MESSAGE-----\n'),
  }),
  ...bad('format', 'spare-bits', NOT_LINES, 'base64 whose last bits say something that nobody reads', {
    der: toOneMore,
    ...armored(withSpareBits),
  }),
  ...bad('format', 'huge-block', 'armor: too large', 'a block of over 512 KiB, to make the verifier work', {
    armor: () => encodeArmor(new Uint8Array(400_000)),
  }),
]

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

export const OBJECTS: readonly Vector[] = [...HEADERS, ...ARMOR, ...CONTENT, ...MERGES]

function mergeOf(change: (tag: Uint8Array) => Uint8Array): Uint8Array {
  const tag = joinObject('tag', tagPayload(), forgeSignature(tagPayload()))
  return commitPayload('Merge tag v1.0\n', folded('mergetag', change(tag)))
}

/** Behind the message of a commit; in front of the signature of the others. */
function addNewline(object: Uint8Array): Uint8Array {
  const text = decodeLatin1(object)
  return text.startsWith('tree ') ? appended(object, '\n') : replaced(object, '-----BEGIN', '\n-----BEGIN')
}

function rewrapped(text: string): string {
  const [first = '', ...rest] = text.trimEnd().split('\n')
  const lines =
    rest
      .slice(0, -1)
      .join('')
      .match(/.{1,76}/g) ?? []
  return [first, ...lines, rest.at(-1), ''].join('\n')
}

/** So that the base64 ends in padding. */
function toOneMore(der: Uint8Array): Uint8Array {
  return der.length % 3 === 0 ? Buffer.concat([der, Uint8Array.of(0)]) : der
}

function withSpareBits(text: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return text.replace(
    /(.)(=+\n-----END)/,
    (_, last: string, end: string) => `${digits[digits.indexOf(last) + 1]}${end}`,
  )
}

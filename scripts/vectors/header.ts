// Vectors about the headers of an object: what nobody signed, and what is no signature of ours.
import { Buffer } from 'node:buffer'
import { decodeLatin1, encodeUtf8 } from '../../src/bytes.ts'
import { appended, commitPayload, folded, ID_SHA256, pushPayload, replaced, tagPayload } from '../forge/object.ts'
import { forgeSignature } from '../forge/recipe.ts'
import { bad, type Vector } from './vector.ts'

/** A header put in front of the committer's message, behind the signature. */
const withHeader = (header: string) => (object: Uint8Array) => replaced(object, '\n\nSay', `\n${header}\nSay`)

/** The signature header moved up to stand behind the tree. */
function withSignatureFirst(object: Uint8Array): Uint8Array {
  const text = decodeLatin1(object)
  const [header = ''] = /\ngpgsig .*(?:\n .*)*/.exec(text) ?? []
  const rest = text.replace(header, '')
  return Buffer.from(rest.replace('\n', `${header}\n`), 'latin1')
}

export const HEADERS: readonly Vector[] = [
  ...bad(
    'format',
    'gpgsig-before-parent',
    'a signature header before the committer, where Git loses what follows',
    'what Git verifies is unchanged, but it reads a commit without parents',
    {
      object: withSignatureFirst,
    },
  ),
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

// Vectors of the `log` check about the checkpoint (C2SP signed-note, tlog-checkpoint).
import { encodeUtf8, toBase64 } from '../../src/bytes.ts'
import { encodeNote } from '../../src/rekor/checkpoint.ts'
import type { InclusionProof } from '../../src/rekor/entry.ts'
import { STRANGERS } from '../forge/instance.ts'
import { ed25519Key } from '../forge/key.ts'
import { type Log, makeLog } from '../forge/log.ts'
import { proof } from './proof.ts'
import { ALL_KINDS, type Making, type Vector } from './vector.ts'

const note = (
  name: string,
  reason: string,
  says: string,
  change: (text: string, proof: InclusionProof, log: Log) => string,
  making: Making = {},
): readonly Vector[] =>
  proof(
    `checkpoint-${name}`,
    reason,
    says,
    (found, context) => ({ checkpoint: change(found.checkpoint, found, context.log) }),
    making,
  )

const OTHER_ROOT = 'the checkpoint has another root than the inclusion proof'

const OTHER_SIZE = 'the checkpoint is of another size than the inclusion proof'

const NOT_BY_LOG = 'the checkpoint has no signature by the log'

const FALSE_NOTE = "the checkpoint's signature by the log does not verify"

const CHECKPOINT: readonly Vector[] = [
  ...note(
    'of-another-tree',
    OTHER_ROOT,
    "another tree's checkpoint by the same log",
    (_, __, by) => by.note({ size: 5n, rootHash: new Uint8Array(32) }),
    { kinds: ALL_KINDS },
  ),
  ...note('newer', OTHER_SIZE, 'a true checkpoint of another moment', (_, { rootHash }, by) =>
    by.note({ size: 6n, rootHash }),
  ),
  ...note(
    'of-another-log',
    'the checkpoint is of another log',
    "another log's checkpoint",
    (_, { rootHash }) => STRANGERS.rekor1.note({ size: 5n, rootHash }),
    { kinds: ALL_KINDS },
  ),
  ...note(
    'of-another-log-v2',
    'the checkpoint is of another log',
    "another log's checkpoint",
    (_, { rootHash }) => STRANGERS.rekor2.note({ size: 5n, rootHash }),
    { log: 'v2' },
  ),
  ...note(
    'other-origin',
    'the checkpoint is of another log',
    'the same key under the origin of another tree',
    (_, { rootHash }, by) => by.note({ origin: `${by.host}/other`, size: 5n, rootHash }),
  ),
  ...note(
    'by-another-key',
    NOT_BY_LOG,
    "another key's signature under the log's name",
    (_, { rootHash }, by) => strangerAs(by).note({ size: 5n, rootHash }),
    { kinds: ALL_KINDS },
  ),
  ...note(
    'by-witness-alone',
    NOT_BY_LOG,
    'a witness signed, the log did not',
    (text) =>
      encodeNote(bodyOf(text), [
        {
          name: 'witness.example',
          hint: Uint8Array.of(1, 2, 3, 4),
          signature: ed25519Key('witness').sign(encodeUtf8(bodyOf(text))),
        },
      ]),
    { log: 'v2' },
  ),
  ...note('other-name', NOT_BY_LOG, "the log's signature under another name", (text) =>
    text.replace('\u2014 rekor.vectors', '\u2014 rekor.strangers'),
  ),
  ...note(
    'hint-of-log',
    FALSE_NOTE,
    "another key's signature under the hint of the log's",
    (text, _, by) =>
      encodeNote(bodyOf(text), [
        { ...STRANGERS.rekor1.signNote(bodyOf(text)), name: by.host, hint: by.id.subarray(0, 4) },
      ]),
    { kinds: ALL_KINDS },
  ),
  ...note('extension-added', FALSE_NOTE, 'a line was added after the log signed', (text) =>
    text.replace('\n\n', '\nTimestamp: 1\n\n'),
  ),
  ...note('old-signature', FALSE_NOTE, 'the signature of an older checkpoint', (text, { rootHash }, by) =>
    encodeNote(bodyOf(text), [by.signNote(bodyOf(by.note({ size: 4n, rootHash })))]),
  ),
]

const resigned =
  (change: (body: string) => string) =>
  (text: string, _: InclusionProof, by: Log): string => {
    const body = change(bodyOf(text))
    return encodeNote(body, [by.signNote(body)])
  }

const malformed = (
  name: string,
  reason: string,
  says: string,
  change: (text: string, proof: InclusionProof, log: Log) => string,
): readonly Vector[] => note(name, `checkpoint: ${reason}`, says, change)

const NOTE: readonly Vector[] = [
  ...malformed('missing', 'not a signed note', 'no checkpoint', () => ''),
  ...malformed('unsigned', 'not a signed note', 'a checkpoint without signatures', (text) => bodyOf(text)),
  ...malformed('without-last-newline', 'not a signed note', 'a note without its last newline', (text) =>
    text.slice(0, -1),
  ),
  ...malformed(
    'control-character',
    'control character',
    'a CR in the note',
    resigned((body) => body.replace('\n', '\r\n')),
  ),
  ...malformed('many-signatures', 'more than 32 signatures', 'forty signatures, each a check', (text, _, by) =>
    encodeNote(
      bodyOf(text),
      Array.from({ length: 40 }, () => by.signNote(bodyOf(text))),
    ),
  ),
  ...malformed(
    'no-origin',
    'no origin',
    'a checkpoint of nobody',
    resigned((body) => body.replace(/^.*\n/, '\n')),
  ),
  ...malformed(
    'no-size',
    'bad size',
    'a checkpoint without its size',
    resigned((body) => body.replace('\n5\n', '\n')),
  ),
  ...malformed(
    'padded-size',
    'bad size',
    'a size with a leading zero',
    resigned((body) => body.replace('\n5\n', '\n05\n')),
  ),
  ...malformed(
    'no-root',
    'the root hash has not 32 bytes',
    'a checkpoint without its root',
    resigned((body) => body.split('\n').slice(0, 2).join('\n').concat('\n')),
  ),
  ...malformed(
    'short-root',
    'the root hash has not 32 bytes',
    'a root cut short',
    resigned((body) => body.replace(/\n[^\n]*\n$/, `\n${toBase64(new Uint8Array(31))}\n`)),
  ),
  ...malformed(
    'root-not-base64',
    'not canonical base64',
    'a root in the alphabet of URLs',
    resigned((body) => body.replace(/\n[^\n]*\n$/, `\n${'_'.repeat(43)}=\n`)),
  ),
  ...malformed(
    'empty-line',
    'empty line',
    'an empty line, behind which a second checkpoint hides',
    resigned((body) => `${body}\nmore\n`),
  ),
  ...malformed('bad-signature-line', 'bad signature line', 'a signature line without its dash', (text) =>
    text.replace('\u2014 ', '- '),
  ),
  ...malformed('short-signature', 'signature too short', 'a signature of no octets', (text, _, by) =>
    encodeNote(bodyOf(text), [{ name: by.host, hint: by.id.subarray(0, 4), signature: new Uint8Array() }]),
  ),
]

/** Another key under a log's host and origin. */
function strangerAs(log: Log): Log {
  return makeLog(log.version, log.host, log.version === '0.0.1' ? STRANGERS.rekor1.key : STRANGERS.rekor2.key)
}

function bodyOf(note: string): string {
  return note.slice(0, note.indexOf('\n\n') + 1)
}

export const CHECKPOINTS: readonly Vector[] = [...CHECKPOINT, ...NOTE]

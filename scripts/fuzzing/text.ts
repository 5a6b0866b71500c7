// Edits of text by its lines: an object's header, the armor of a signature, a checkpoint. Bytes stay what they are.
import { Buffer } from 'node:buffer'
import type { Random } from './random.ts'

const NAMES = ['gpgsig', 'gpgsig-sha256', 'gpgsigx', 'mergetag', 'parent', 'encoding', 'HG:extra', '', ' ', 'committer']
const MARKERS = [
  '-----BEGIN SIGNED MESSAGE-----',
  '-----END SIGNED MESSAGE-----',
  '-----BEGIN PGP SIGNATURE-----',
  '-----BEGIN SSH SIGNATURE-----',
  '-----BEGIN CERTIFICATE-----',
]
const CHARACTERS = ['\0', '\r', '\t', ' ', '=', '-', '\u00e2\u0080\u00ae', '\x1b[2J', '\n', '\n\n', '+', '\x7f']

type Edit = (lines: string[], at: number, random: Random) => string[]

const EDITS: readonly Edit[] = [
  (lines, at) => lines.toSpliced(at, 1),
  (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  (lines, at, random) => lines.toSpliced(random.below(lines.length), 0, ...lines.splice(at, 1)),
  (lines, at, random) => lines.with(at, `${lines[at]}${random.pick(CHARACTERS)}`),
  (lines, at, random) => lines.with(at, `${random.pick(CHARACTERS)}${lines[at]}`),
  (lines, at) => lines.with(at, `${lines[at]}${lines[at + 1] ?? ''}`).toSpliced(at + 1, 1),
  (lines, at, random) => lines.with(at, insertInto(lines[at] ?? '', random)),
  (lines, at, random) => lines.toSpliced(at, 0, `${random.pick(NAMES)} ${random.pick(MARKERS)}`),
  (lines, at, random) => lines.toSpliced(at, 0, random.pick(MARKERS) ?? ''),
  (lines, at, random) => lines.with(at, (lines[at] ?? '').replace(/^\S*/, random.pick(NAMES) ?? '')),
  (lines, at, random) => lines.toSpliced(at, 0, ...lines.slice(at, at + 1 + random.below(40))),
  (lines, at) => lines.toSpliced(at, 0, ''),
  (lines) => lines.map((line) => `${line}\r`),
  (lines, at) => lines.with(at, swapCase(lines[at] ?? '')),
]

/** One edit of a line; of the last one rarely, because a message may be long and a header is short. */
export function editLines(bytes: Uint8Array, random: Random): Uint8Array {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  const at = random.below(random.once(2) ? lines.length : Math.min(lines.length, 8))
  return Buffer.from((random.pick(EDITS)?.(lines, at, random) ?? lines).join('\n'), 'latin1')
}

function insertInto(line: string, random: Random): string {
  const at = random.below(line.length + 1)
  return `${line.slice(0, at)}${random.pick(CHARACTERS)}${line.slice(at)}`
}

function swapCase(line: string): string {
  return line.replace(/[a-zA-Z]/, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
}

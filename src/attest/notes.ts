// Further signatures of a Git object, kept beside it as a note in refs/notes/gitsigil: one compact Sigstore bundle a line,
// sorted and each once, so that Git's `cat_sort_uniq` joins what two people added. Each signs the object's id as text.
import { parseBundle } from '../bundle/bundle.ts'
import { compareBytes, concatBytes, decodeUtf8, encodeUtf8, equalBytes } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'

/** Where the notes are. */
export { NOTES_REF } from '../git/refs.ts'
/** Largest note, in bytes, and most lines of one that are looked at. */
export const MAX_NOTE = 4 * 1024 * 1024
const MAX_LINES = 64
const LINE_FEED = encodeUtf8('\n')

export interface Note {
  /** Lines that are bundles with a message signature, in their order. Nothing in them is verified. */
  readonly bundles: readonly Uint8Array[]
  /** Of the other lines, why each is passed over. One line each, lower case. */
  readonly ignored: readonly string[]
}

/** What the signature of a note is over: the object's id, lower-case hexadecimal, without a line end. */
export function notedArtifact(oid: string): Uint8Array {
  return encodeUtf8(oid)
}

/** Reads a note. Anybody may add a line to it, so a bad one spoils no other; throws `parse` where it is too large. */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_NOTE) throw malformed('note', `larger than ${MAX_NOTE} bytes`)
  const lines = splitLines(bytes)
  const bundles: Uint8Array[] = []
  const ignored = lines.length > MAX_LINES ? [`${lines.length - MAX_LINES} lines beyond ${MAX_LINES}`] : []
  for (const [index, line] of lines.slice(0, MAX_LINES).entries()) {
    const why = whyNoBundle(line)
    if (why === undefined) bundles.push(line)
    else ignored.push(`line ${index + 1}: ${why}`)
  }
  return { bundles, ignored }
}

/** The note with these bundles. Throws `parse` for one that has no line of its own. */
export function encodeNote(bundles: readonly Uint8Array[]): Uint8Array {
  return joinLines(bundles.map(lineOf))
}

/** A note with one bundle more; what stands in it already stays as it is. */
export function joinNote(note: Uint8Array, bundle: Uint8Array): Uint8Array {
  return joinLines([...splitLines(note), ...splitLines(encodeNote([bundle]))])
}

function lineOf(bundle: Uint8Array): Uint8Array {
  const why = whyNoBundle(bundle)
  if (why !== undefined) throw malformed('note', why)
  return encodeUtf8(JSON.stringify(JSON.parse(decodeUtf8(bundle))))
}

function whyNoBundle(line: Uint8Array): string | undefined {
  try {
    return parseBundle(line).content.kind === 'message' ? undefined : 'an envelope, and not a signature of the id'
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return thrown.message
    throw thrown
  }
}

function splitLines(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline < 0 ? bytes.length : newline
    if (end > start) lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  const sorted = [...lines].sort(compareBytes)
  const unique = sorted.filter((line, index) => index === 0 || !equalBytes(line, sorted[index - 1] ?? LINE_FEED))
  return concatBytes(...unique.flatMap((line) => [line, LINE_FEED]))
}

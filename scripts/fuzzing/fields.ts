// Edits of a log entry: protobuf fields dropped, doubled, exchanged, renumbered, made up; lines of its checkpoint edited.
// As with DER the reader is lenient and its own.
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { editBytes } from './edit.ts'
import type { Random } from './random.ts'
import { editLines } from './text.ts'

interface Field {
  readonly number: number
  /** A varint's octets, or what a length-delimited field holds. */
  readonly content: Uint8Array
  readonly wire: 0 | 2
}

/** The members that are messages, by their way from the top: log id, kind, promise, proof, and in that the checkpoint. */
const MESSAGES: readonly (readonly number[])[] = [[], [2], [3], [5], [6], [6, 5]]

/** One edit of an entry, at any depth; of its bytes where it cannot be read. */
export function editEntry(entry: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  if (random.once(5)) return editAt(entry, [6, 5, 1], (note) => editNote(note, random)) ?? entry
  const way = random.pick(MESSAGES) ?? []
  const edited = editAt(entry, way, (message) => {
    const fields = readFields(message)
    return fields === undefined ? message : writeFields(editFields(fields, random, donor))
  })
  return edited ?? editBytes(entry, random, donor)
}

/** The field that is reached by these numbers; undefined where there is none. */
export function fieldAt(message: Uint8Array, [number, ...rest]: readonly number[]): Uint8Array | undefined {
  if (number === undefined) return message
  const found = readFields(message)?.find((field) => field.number === number)
  return found && fieldAt(found.content, rest)
}

function editAt(
  message: Uint8Array,
  [number, ...rest]: readonly number[],
  edit: (content: Uint8Array) => Uint8Array,
): Uint8Array | undefined {
  if (number === undefined) return edit(message)
  const fields = readFields(message)
  const at = fields?.findIndex((field) => field.number === number) ?? -1
  const field = fields?.[at]
  const content = field && editAt(field.content, rest, edit)
  if (fields === undefined || field === undefined || content === undefined) return undefined
  return writeFields(fields.with(at, { ...field, content }))
}

function editFields(fields: Field[], random: Random, donor: Uint8Array): Field[] {
  const at = random.below(fields.length)
  const field = fields[at]
  if (field === undefined) return [...fields, madeUp(random)]
  const donated = readFields(donor)?.find(({ number }) => number === field.number) ?? field
  const edits: readonly (() => Field[])[] = [
    () => fields.toSpliced(at, 1),
    () => fields.toSpliced(at, 0, field),
    () => fields.toReversed(),
    () => fields.with(at, donated),
    () => [...fields, donated],
    () => fields.toSpliced(at, 0, madeUp(random)),
    () => fields.with(at, { ...field, number: 1 + random.below(20) }),
    () => fields.with(at, { ...field, content: editContent(field, random, donor) }),
    () => fields.with(at, { ...field, content: editContent(field, random, donor) }),
    () => fields.with(at, { ...field, content: editContent(field, random, donor) }),
    () => fields.with(at, { ...field, content: new Uint8Array(field.wire === 0 ? 1 : 0) }),
    () => Array.from({ length: 80 }, () => field).concat(fields),
  ]
  return random.pick(edits)?.() ?? fields
}

function editContent({ wire, content }: Field, random: Random, donor: Uint8Array): Uint8Array {
  return wire === 0 ? varint(random.below(2 ** 31)) : editBytes(content, random, donor)
}

function madeUp(random: Random): Field {
  const number = 1 + random.below(40)
  return random.once(2)
    ? { number, wire: 0, content: varint(random.below(1000)) }
    : { number, wire: 2, content: Uint8Array.from({ length: random.below(40) }, () => random.below(256)) }
}

/** A signed note's lines: dropped, doubled, exchanged, a stranger's signature added. */
function editNote(note: Uint8Array, random: Random): Uint8Array {
  if (random.once(6)) return concatBytes(note, encodeUtf8('\u2014 witness.example AAAAAGZvcmdlZA==\n'))
  return editLines(note, random)
}

function readFields(message: Uint8Array): Field[] | undefined {
  const fields: Field[] = []
  for (let at = 0; at < message.length; ) {
    const key = readVarint(message, at)
    const wire = key.value % 8
    const value = readVarint(message, key.end)
    if (wire !== 0 && wire !== 2) return undefined
    const end = wire === 0 ? value.end : value.end + value.value
    if (end > message.length) return undefined
    const content = message.subarray(wire === 0 ? key.end : value.end, end)
    fields.push({ number: Math.floor(key.value / 8), wire, content })
    at = end
  }
  return fields
}

function writeFields(fields: readonly Field[]): Uint8Array {
  return concatBytes(
    ...fields.flatMap(({ number, wire, content }) => [
      varint(number * 8 + wire),
      ...(wire === 0 ? [] : [varint(content.length)]),
      content,
    ]),
  )
}

function readVarint(source: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  const end = source.findIndex((byte, i) => i >= at && byte < 0x80) + 1 || source.length + 1
  const value = source.subarray(at, end).reduceRight((sum, byte) => sum * 128 + (byte & 0x7f), 0)
  return { value, end }
}

function varint(value: number): Uint8Array {
  const octets: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    octets.push(rest < 128 ? rest : (rest % 128) | 0x80)
    if (rest < 128) return Uint8Array.from(octets)
  }
}

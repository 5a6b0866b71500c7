// Edits that know nothing of what they edit: bits, bytes, ranges, another input's bytes, lengths.
import { concatBytes } from '../../src/bytes.ts'
import type { Random } from './random.ts'

type Edit = (bytes: Uint8Array, random: Random, donor: Uint8Array) => Uint8Array

const flipBit: Edit = (bytes, random) => {
  const changed = Uint8Array.from(bytes)
  const at = random.below(bytes.length)
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8))
  return changed
}

const setByte: Edit = (bytes, random) => {
  const changed = Uint8Array.from(bytes)
  changed[random.below(bytes.length)] = random.pick([0x00, 0x0a, 0x0d, 0x20, 0x2d, 0x30, 0x7f, 0x80, 0xff]) ?? 0
  return changed
}

const drop: Edit = (bytes, random) => {
  const [start, end] = range(bytes, random)
  return concatBytes(bytes.subarray(0, start), bytes.subarray(end))
}

const repeat: Edit = (bytes, random) => {
  const [start, end] = range(bytes, random)
  return concatBytes(bytes.subarray(0, end), bytes.subarray(start))
}

const insert: Edit = (bytes, random) => {
  const at = random.below(bytes.length + 1)
  const added = Uint8Array.from({ length: 1 + random.below(4) }, () => random.below(256))
  return concatBytes(bytes.subarray(0, at), added, bytes.subarray(at))
}

const truncate: Edit = (bytes, random) => bytes.subarray(0, random.below(bytes.length))

const append: Edit = (bytes, random, donor) => {
  const [start, end] = range(donor, random)
  return concatBytes(bytes, random.once(2) ? donor.subarray(start, end) : Uint8Array.of(random.below(256)))
}

/** A range of the donor in the place of one here: often the same one, as where two are alike but for a field. */
const splice: Edit = (bytes, random, donor) => {
  const [start, end] = range(bytes, random)
  const [from, to] = random.once(2) ? [start, end] : range(donor, random)
  return concatBytes(bytes.subarray(0, start), donor.subarray(from, to), bytes.subarray(end))
}

const crossOver: Edit = (bytes, random, donor) => {
  const at = random.below(Math.min(bytes.length, donor.length))
  return concatBytes(bytes.subarray(0, at), donor.subarray(at))
}

const EDITS: readonly Edit[] = [flipBit, flipBit, setByte, drop, repeat, insert, truncate, append, splice, crossOver]

/** One edit; `donor` is what splices take bytes from. */
export function editBytes(bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  if (bytes.length === 0) return donor
  return (random.pick(EDITS) ?? flipBit)(bytes, random, donor)
}

function range(bytes: Uint8Array, random: Random): readonly [start: number, end: number] {
  const start = random.below(bytes.length)
  const most = random.once(4) ? bytes.length : 64
  return [start, Math.min(bytes.length, start + 1 + random.below(most))]
}

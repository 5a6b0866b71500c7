// Edits of JSON as a tree whose objects are lists of members, so that one may come twice: members dropped, doubled, moved,
// renamed, of another type, of another input; and of what a member holds in base64, in decimals, in lines.
import { Buffer } from 'node:buffer'
import { editDer, readNodes } from './der.ts'
import { editBytes } from './edit.ts'
import type { Random } from './random.ts'
import { editLines } from './text.ts'

type Scalar = string | number | boolean | null
type Json = Scalar | Json[] | Members
interface Members {
  members: [name: string, value: Json][]
}

interface Spot {
  /** Names from the top, list indexes as `*`. */
  readonly way: string
  read(): Json
  write(value: Json): void
  /** At the list of members or elements that it stands in. */
  drop(): void
  double(): void
}

const NAMES = ['certificate', 'publicKey', 'x509CertificateChain', 'messageSignature', 'dsseEnvelope', '__proto__', '']
const ODD: readonly Json[] = [
  null,
  '',
  0,
  -1,
  1e30,
  true,
  [],
  { members: [] },
  '0',
  '-1',
  '18446744073709551616',
  'AA==',
]
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** One edit; of the text where it is no JSON. */
export function editJson(text: Uint8Array, random: Random, donor: Uint8Array, where: 'members' | 'fields' | 'donor') {
  const tree = readTree(text)
  const spots = tree === undefined ? [] : spotsOf(tree)
  const spot = random.pick(where === 'fields' ? spots.filter((one) => typeof one.read() === 'string') : spots)
  if (tree === undefined || spot === undefined) return editBytes(text, random, donor)
  const donated = spotsOf(readTree(donor) ?? null)
  if (where === 'members') editMember(spot, random, spots)
  else if (where === 'fields') spot.write(editText(String(spot.read()), random, textAt(spot.way, donated)))
  else spot.write(random.pick(donated.filter(({ way }) => way === spot.way))?.read() ?? null)
  return Buffer.from(writeTree(tree, random.once(8) ? '\n ' : ''))
}

/** The strings of a document that are base64, decoded. */
export function bytesIn(text: Uint8Array): readonly Uint8Array[] {
  const strings = spotsOf(readTree(text) ?? null).map((spot) => spot.read())
  return strings.flatMap((one) => (typeof one === 'string' && BASE64.test(one) ? [Buffer.from(one, 'base64')] : []))
}

function editMember(spot: Spot, random: Random, spots: readonly Spot[]): void {
  const edits: readonly (() => void)[] = [
    () => spot.drop(),
    () => spot.double(),
    () => spot.write(random.pick(ODD) ?? null),
    () => spot.write([spot.read()]),
    () => spot.write(structuredClone(random.pick(spots)?.read() ?? null)),
    () => spot.write(reordered(spot.read(), random)),
  ]
  random.pick(edits)?.()
}

/** Backwards; with a member renamed, or one more. */
function reordered(value: Json, random: Random): Json {
  if (Array.isArray(value)) return value.toReversed()
  if (!isMembers(value)) return value
  const { members } = value
  const name = random.pick(random.once(2) ? NAMES : members.map(([each]) => each)) ?? ''
  const at = random.below(members.length)
  if (random.once(3)) return { members: members.toReversed() }
  if (random.once(2)) return { members: [...members, [name, members[at]?.[1] ?? null]] }
  return { members: members.map(([each, held], i) => [i === at ? name : each, held]) }
}

function editText(text: string, random: Random, donor: Uint8Array): string {
  if (text.includes('\n')) return Buffer.from(editLines(Buffer.from(text), random)).toString()
  if (/^\d+$/.test(text)) return random.pick([`0${text}`, `${BigInt(text) + 1n}`, `-${text}`, '0', `${text}.0`]) ?? text
  if (!BASE64.test(text)) return Buffer.from(editBytes(Buffer.from(text), random, donor)).toString()
  if (random.once(12)) return random.pick([text.replace(/=+$/, ''), `${text}=`, ` ${text}`, toUrlForm(text)]) ?? text
  return Buffer.from(editHeld(Buffer.from(text, 'base64'), random, donor)).toString('base64')
}

function editHeld(bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  if (readNodes(bytes) !== undefined) return editDer(bytes, random, donor)
  const isJson = bytes[0] === 0x7b && readTree(bytes) !== undefined
  return isJson
    ? editJson(bytes, random, donor, random.once(2) ? 'fields' : 'members')
    : editBytes(bytes, random, donor)
}

function toUrlForm(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_')
}

function textAt(way: string, donated: readonly Spot[]): Uint8Array {
  const value = donated.find((one) => one.way === way)?.read()
  return Buffer.from(typeof value === 'string' ? value : '', 'base64')
}

function spotsOf(value: Json, way = ''): readonly Spot[] {
  if (Array.isArray(value)) return value.flatMap((_, at) => listSpots(value, at, `${way}/*`))
  return isMembers(value) ? value.members.flatMap((_, at) => memberSpots(value.members, at, way)) : []
}

function listSpots(list: Json[], at: number, way: string): readonly Spot[] {
  const read = () => list[at] ?? null
  const write = (value: Json) => void list.splice(at, 1, value)
  const spot = { way, read, write, drop: () => void list.splice(at, 1), double: () => void list.splice(at, 0, read()) }
  return [spot, ...spotsOf(read(), way)]
}

function memberSpots(members: [string, Json][], at: number, above: string): readonly Spot[] {
  const [name, held] = members[at] ?? ['', null]
  const spot = {
    way: `${above}/${name}`,
    read: () => held,
    write: (value: Json) => void members.splice(at, 1, [name, value]),
    drop: () => void members.splice(at, 1),
    double: () => void members.splice(at, 0, [name, held]),
  }
  return [spot, ...spotsOf(held, spot.way)]
}

function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readTree(text: Uint8Array): Json | undefined {
  try {
    return treeOf(JSON.parse(Buffer.from(text).toString()))
  } catch {
    return undefined
  }
}

function treeOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(treeOf)
  if (typeof value !== 'object' || value === null) return value as Scalar
  return { members: Object.entries(value).map(([name, held]) => [name, treeOf(held)]) }
}

function writeTree(value: Json, space: string): string {
  if (Array.isArray(value)) return `[${value.map((one) => space + writeTree(one, space)).join()}]`
  if (!isMembers(value)) return JSON.stringify(value)
  return `{${value.members.map(([name, held]) => `${space}${JSON.stringify(name)}:${writeTree(held, space)}`).join()}}`
}

// Edits of DER as a tree: elements dropped, doubled, exchanged, retagged, their lengths put right again, or put wrong on
// purpose. The reader here is lenient and its own, so that it shares no slip with the one under test.
import { Buffer } from 'node:buffer'
import { concatBytes } from '../../src/bytes.ts'
import { editBytes } from './edit.ts'
import type { Random } from './random.ts'

export interface Node {
  tag: number
  content: Uint8Array
  /** What `content` holds, where that is DER: of constructed elements and of octet strings. */
  children: Node[] | undefined
  form?: 'indefinite' | 'long' | undefined
}

interface Spot {
  readonly siblings: Node[]
  readonly at: number
  readonly node: Node
}

const TAGS = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x18, 0x24, 0x30, 0x31, 0xa0, 0xa1, 0x80, 0x1f]
const ALGORITHMS = ['608648016503040201', '608648016503040203', '2a8648ce3d040302', '2a8648ce3d040303', '2b0e03021a']
const OIDS = [...ALGORITHMS, '2a864886f70d010101', '2a864886f70d01010b', '2a864886f70d010701', '2a864886f70d010904']

/** Deeper ones stay bytes: some vectors are nested a thousand times. */
const MAX_DEPTH = 30

/** The elements that fill `bytes`, or undefined where they do not. */
export function readNodes(bytes: Uint8Array, depth = 0): Node[] | undefined {
  const nodes: Node[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    const first = bytes[at + 1]
    if (first === undefined || first === 0x80 || first > 0x83) return undefined
    const count = first < 0x80 ? 0 : first & 0x7f
    const length =
      count === 0 ? first : bytes.subarray(at + 2, at + 2 + count).reduce((sum, byte) => sum * 256 + byte, 0)
    const start = at + 2 + count
    if (start + length > bytes.length) return undefined
    const content = bytes.subarray(start, start + length)
    const isHolder = (tag & 0x20) !== 0 || tag === 0x04
    nodes.push({
      tag,
      content,
      children: isHolder && length > 1 && depth < MAX_DEPTH ? readNodes(content, depth + 1) : undefined,
    })
    at = start + length
  }
  return nodes
}

/** A vector has a hundred thousand elements: too many for arguments. */
export function writeNodes(nodes: readonly Node[]): Uint8Array {
  return Buffer.concat(nodes.map(writeNode))
}

function writeNode({ tag, content, children, form }: Node): Uint8Array {
  const inner = children === undefined ? content : writeNodes(children)
  if (form === 'indefinite') return concatBytes(Uint8Array.of(tag, 0x80), inner, Uint8Array.of(0, 0))
  return concatBytes(Uint8Array.of(tag, ...lengthOctets(inner.length, form === 'long')), inner)
}

function lengthOctets(length: number, isLong: boolean): readonly number[] {
  if (isLong) return [0x84, length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff]
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  return length < 0x10000
    ? [0x82, length >> 8, length & 0xff]
    : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
}

/** One edit of one element; of `der` itself where it cannot be read. */
export function editDer(der: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  const nodes = readNodes(der)
  const spot = nodes && random.pick(spotsOf(nodes))
  if (nodes === undefined || spot === undefined) return editBytes(der, random, donor)
  editSpot(spot, random, donor, nodes)
  return writeNodes(nodes)
}

export function spotsOf(siblings: Node[]): readonly Spot[] {
  return siblings.flatMap((node, at) => [{ siblings, at, node }, ...spotsOf(node.children ?? [])])
}

function editSpot({ siblings, at, node }: Spot, random: Random, donor: Uint8Array, own: Node[]): void {
  const donated = () => random.pick(spotsOf((random.once(4) ? own : readNodes(donor)) ?? []))?.node ?? node
  const alike = () => {
    const spots = spotsOf(readNodes(donor) ?? []).filter((spot) => spot.node.tag === node.tag)
    return random.pick(spots)?.node ?? node
  }
  const edits: readonly (() => void)[] = [
    () => void siblings.splice(at, 1),
    () => void siblings.splice(at, 0, structuredClone(node)),
    () => void siblings.splice(random.below(siblings.length + 1), 0, structuredClone(donated())),
    () => void siblings.splice(at, 1, structuredClone(alike())),
    () => void siblings.splice(at, 1, structuredClone(donated())),
    () => void siblings.reverse(),
    () => void Object.assign(node, { tag: random.pick(TAGS) ?? 0 }),
    () => void Object.assign(node, { form: random.once(2) ? 'long' : 'indefinite' }),
    () => void Object.assign(node, { content: editBytes(node.content, random, donor), children: undefined }),
    () => void Object.assign(node, { content: editBytes(node.content, random, donor), children: undefined }),
    () => void Object.assign(node, { content: new Uint8Array(), children: undefined }),
    () => void siblings.splice(at, 1, { tag: 0x30, content: node.content, children: [node] }),
    () => void siblings.splice(at + 1, 0, { tag: 0x05, content: new Uint8Array(), children: undefined }),
    () => replaceOid(own, random),
    () => replaceOid(own, random),
    () => void Object.assign(node, { content: editNumber(node.content, random), children: undefined }),
  ]
  random.pick(edits)?.()
}

function replaceOid(nodes: Node[], random: Random): void {
  const spot = random.pick(spotsOf(nodes).filter(({ node }) => node.tag === 0x06))
  if (spot !== undefined) spot.node.content = Uint8Array.from(Buffer.from(random.pick(OIDS) ?? '', 'hex'))
}

/** As an integer: padded, negated, one more, or huge. */
function editNumber(content: Uint8Array, random: Random): Uint8Array {
  const first = content[0] ?? 0
  const last = content.at(-1) ?? 0
  return (
    random.pick([
      concatBytes(Uint8Array.of(0), content),
      Uint8Array.of(first ^ 0x80, ...content.subarray(1)),
      Uint8Array.of(...content.subarray(0, -1), last + 1),
      new Uint8Array(600).fill(0x7f),
    ]) ?? content
  )
}

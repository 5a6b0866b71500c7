// One mutation of one input: of the object's bytes or lines, of the signature's armor, of its DER, of the log entry in it;
// or of a bundle.
import { Buffer } from 'node:buffer'
import { encodeArmor } from '../../src/cms/armor.ts'
import { joinCommit, joinTag } from '../../src/git/object.ts'
import { BUNDLE_MUTATIONS, type BundleMutation, mutateBundle } from './bundle.ts'
import { editDer, readNodes, spotsOf, writeNodes } from './der.ts'
import { editBytes } from './edit.ts'
import { editEntry } from './fields.ts'
import type { Input } from './inputs.ts'
import { type ObjectInput, splitInput } from './object.ts'
import type { Random } from './random.ts'
import { editLines } from './text.ts'

const MUTATIONS = ['bytes', 'lines', 'armor', 'block', 'der', 'entry', 'signature of another'] as const
export type Mutation = (typeof MUTATIONS)[number] | BundleMutation

/** Content octets of the object identifier 1.3.6.1.4.1.57264.3.1. */
const LOG_ENTRY = '2b0601040183bf300301'

export interface Mutant {
  readonly mutations: readonly Mutation[]
  readonly bytes: Uint8Array
}

/** One mutation, now and then two or three. */
export function mutate(input: Input, random: Random, donor: Input): Mutant {
  const mutations: Mutation[] = []
  let { bytes } = input
  for (let left = random.once(4) ? 2 + random.below(2) : 1; left > 0; left -= 1) {
    const [mutation, mutated] =
      input.kind === 'bundle' ? bundleOnce(bytes, random, donor) : objectOnce({ ...input, bytes }, random, donor)
    mutations.push(mutation)
    bytes = mutated
  }
  return { mutations, bytes }
}

function bundleOnce(bytes: Uint8Array, random: Random, donor: Input): readonly [Mutation, Uint8Array] {
  const mutation = random.pick(BUNDLE_MUTATIONS) ?? 'bundle bytes'
  return [mutation, mutateBundle(mutation, bytes, random, donor.bytes)]
}

function objectOnce(input: ObjectInput, random: Random, donor: Input): readonly [Mutation, Uint8Array] {
  const mutation = random.pick(MUTATIONS) ?? 'bytes'
  return [mutation, mutateObject(mutation, input, random, donor)]
}

function mutateObject(mutation: Mutation, input: ObjectInput, random: Random, donor: Input): Uint8Array {
  if (mutation === 'bytes') return editBytes(input.bytes, random, donor.bytes)
  if (mutation === 'lines') return editLines(input.bytes, random)
  const { payload, signature } = splitInput(input)
  if (signature === undefined) return editBytes(input.bytes, random, donor.bytes)
  const join = (changed: Uint8Array) => joinInput(input, payload, changed)
  const other = (donor.kind === 'bundle' ? undefined : splitInput(donor).signature) ?? signature
  if (mutation === 'signature of another') return join(other)
  if (mutation === 'armor')
    return join(random.once(2) ? editLines(signature, random) : editBytes(signature, random, other))
  const der = derOf(signature)
  const donated = derOf(other)
  if (mutation === 'block') return join(encodeArmor(editBytes(der, random, donated)))
  return join(encodeArmor(mutation === 'der' ? editDer(der, random, donated) : mutateEntry(der, random, donated)))
}

function mutateEntry(der: Uint8Array, random: Random, donated: Uint8Array): Uint8Array {
  const nodes = readNodes(der) ?? []
  const entry = entryIn(nodes)
  if (entry === undefined) return editDer(der, random, donated)
  const other = entryIn(readNodes(donated) ?? [])?.content ?? entry.content
  Object.assign(entry, { content: editEntry(entry.content, random, other), children: undefined })
  return writeNodes(nodes)
}

function entryIn(nodes: NonNullable<ReturnType<typeof readNodes>>) {
  const spots = spotsOf(nodes)
  const at = spots.findIndex(({ node }) => node.tag === 0x06 && Buffer.from(node.content).toString('hex') === LOG_ENTRY)
  return at < 0 ? undefined : spots.slice(at).find(({ node }) => node.tag === 0x04)?.node
}

function derOf(armored: Uint8Array): Uint8Array {
  const text = Buffer.from(armored).toString('latin1')
  return Buffer.from(text.replaceAll(/-----[^-\n]*-----/g, ''), 'base64')
}

function joinInput({ kind, objectFormat, bytes }: ObjectInput, payload: Uint8Array, signature: Uint8Array): Uint8Array {
  if (kind !== 'commit') return joinTag(payload, signature)
  const isWhole = payload.includes(0x0a) && Buffer.from(payload).includes('\n\n')
  return signature.length === 0 || !isWhole ? bytes : joinCommit(payload, signature, objectFormat)
}

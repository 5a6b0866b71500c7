// The repositories that a monitor knows: every signed object that a ref of them leads to, and whether their refs have
// changed since. What no ref leads to is not theirs.
import { hash } from 'node:crypto'
import { parseNote } from '../attest/notes.ts'
import { Fault } from '../errors.ts'
import type { Frame } from '../git/frames.ts'
import { checkFrame } from '../history/look.ts'
import { type Format, mayBeSigned, placesOf } from '../history/places.ts'
import { rangeOf } from '../history/range.ts'
import { walk } from '../history/walk.ts'
import { claimsOf, noteClaims } from '../monitor/claim.ts'
import { type Covering, SignedObjects, type Signer } from '../monitor/objects.ts'
import type { Watch } from '../monitor/watch.ts'
import { gitValue, readGitConfig } from '../system/git-config.ts'
import { repositoryAt } from '../system/git-history.ts'
import { listRefs } from '../system/git-refs.ts'
import { type NamedObject, readHeads, readKind, readRefs } from '../system/git-tips.ts'
import type { World } from '../system/world.ts'
import { readAllNotes } from './kept-entries.ts'
import { aboutRepository } from './monitor-standing.ts'

/** A repository by its folder, as it was named. */
export interface Named {
  readonly name: string
  readonly world: World
}

/** Read when an entry is first asked about, and again where one is not known and a ref has changed. */
export class Repositories {
  readonly #named: readonly Named[]
  readonly #watch: Watch
  readonly #signal: AbortSignal
  readonly #now: () => number
  #objects: SignedObjects | undefined
  #refs = ''
  #checked = 0
  #last: Promise<unknown> = Promise.resolve()
  /** Objects that could not be read, a line a repository: an entry about one would be taken for one about nothing. */
  #missing: readonly string[] = []

  constructor(named: readonly Named[], watch: Watch, signal: AbortSignal, now: () => number) {
    this.#named = named
    this.#watch = watch
    this.#signal = signal
    this.#now = now
  }

  get missing(): readonly string[] {
    return this.#missing
  }

  /** One after the other: who is asked while the objects are read again waits for them. Throws `git`. */
  find(hashes: readonly string[], signer: Signer): Promise<Covering> {
    const found = this.#last.then(() => this.#find(hashes, signer))
    this.#last = found.catch(() => undefined)
    return found
  }

  async #find(hashes: readonly string[], signer: Signer): Promise<Covering> {
    const before = this.#objects ?? (await this.#read())
    const covering = before.find(hashes, signer)
    if (covering.objects.length > 0 || !(await this.#haveChanged())) return covering
    return (await this.#read()).find(hashes, signer)
  }

  async #read(): Promise<SignedObjects> {
    const objects = new SignedObjects()
    const missing: string[] = []
    // Before the objects: what changes meanwhile is read again.
    this.#refs = await this.#readRefs()
    this.#checked = this.#now()
    for (const repository of this.#named) {
      const lacking = await aboutRepository(repository.name, async () => {
        const tips = await readRefs(repository.world, '')
        return await readInto(objects, repository, tips, this.#watch, this.#signal)
      })
      if (lacking > 0) missing.push(`${repository.name}: ${lackingText(lacking)} missing or damaged`)
    }
    this.#objects = objects
    this.#missing = missing
    return objects
  }

  // A log may be full of what nobody knows: the refs are not asked for each.
  async #haveChanged(): Promise<boolean> {
    if (Math.abs(this.#now() - this.#checked) < A_MOMENT) return false
    this.#checked = this.#now()
    return (await this.#readRefs()) !== this.#refs
  }

  async #readRefs(): Promise<string> {
    const digests: string[] = []
    for (const repository of this.#named)
      digests.push(await aboutRepository(repository.name, () => refsDigest(repository)))
    return digests.join(' ')
  }
}

function lackingText(count: number): string {
  return count === 1 ? '1 object is' : `${count} objects are`
}

/** Milliseconds between two looks at the refs. */
const A_MOMENT = 1_000

// Every ref, the notes' too, as an endorsement changes no other; and each HEAD, which may stand beside them all.
async function refsDigest({ world }: Named): Promise<string> {
  const refs = [...(await listRefs(world))].map(([name, { oid }]) => [name, oid])
  return hash('sha256', JSON.stringify([await readHeads(world), ...refs]))
}

/** Gives the number of objects that could not be read. */
async function readInto(
  objects: SignedObjects,
  { name, world }: Named,
  tips: readonly NamedObject[],
  watch: Watch,
  signal: AbortSignal,
): Promise<number> {
  const { algorithm } = await readKind(world)
  const format: Format = { algorithm, compatible: await isCompatible(world) }
  const repository = repositoryAt({ world, signal })
  const tags: string[] = []
  let lacking = 0
  for await (const frames of walk(repository, rangeOf(tips, false), format)) {
    signal.throwIfAborted()
    for (const frame of frames) {
      if (checkFrame(frame, format) !== undefined) lacking++
      else if (mayBeSigned(frame)) addSigned(objects, name, { frame, format, watch })
      if (frame.type === 'tag') tags.push(frame.oid)
    }
  }
  await readNotesInto(objects, { name, world }, tags, watch)
  return lacking
}
interface Holding {
  readonly frame: Frame
  readonly format: Format
  readonly watch: Watch
}

// Of nobody else's objects is anything kept: what is looked for is by somebody who is watched.
function addSigned(objects: SignedObjects, repository: string, { frame, format, watch }: Holding): void {
  for (const place of placesOf(frame, format))
    for (const claim of claimsOf(place, format))
      if (watch.match(claim.identity) !== undefined)
        objects.add({ repository, kind: place.kind, oid: place.oid }, claim)
}

async function readNotesInto(
  objects: SignedObjects,
  { name, world }: Named,
  tags: readonly string[],
  watch: Watch,
): Promise<void> {
  for (const [oid, notes] of await readAllNotes(world, tags))
    for (const { bytes } of notes)
      for (const claim of noteClaims(oid, bundlesIn(bytes)))
        if (watch.match(claim.identity) !== undefined) objects.add({ repository: name, kind: 'tag', oid }, claim)
}

function bundlesIn(note: Uint8Array): readonly Uint8Array[] {
  try {
    return parseNote(note).bundles
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return []
    throw thrown
  }
}

async function isCompatible(world: World): Promise<boolean> {
  return gitValue(await readGitConfig(world), 'extensions.compatobjectformat') !== undefined
}

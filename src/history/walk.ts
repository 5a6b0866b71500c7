// Which objects a range holds. Git's own walk is only a hint that gives them fast and in its order: parents are taken from
// the raw bytes, and whatever they name is either seen, or proven by raw bytes too to be reachable from what is excluded.
// So neither a commit-graph nor a shallow file nor a damaged object can take a commit out of the range.
import { Buffer } from 'node:buffer'
import { Fault } from '../errors.ts'
import { parseTagHeader } from '../git/commit.ts'
import { contentsOf, type Frame, frameId } from '../git/frames.ts'
import { IdTable } from './id-table.ts'
import { type Format, idAt, parentOffsets, parentsOf } from './places.ts'

/** What was asked for, resolved once: a ref that moves later moves nothing here. */
export interface Range {
  /** Tag objects and others that are looked at by themselves, before the commits. */
  readonly objects: readonly string[]
  /** Commits; all that they reach is in the range. */
  readonly commits: readonly string[]
  /** Commits; all that they reach is not. */
  readonly excluded: readonly string[]
  readonly firstParent: boolean
}

/** The repository, by Git. */
export interface Repository {
  /** Ids of what `commits` reach and `excluded` do not, one a line, in chunks of any size. */
  listCommits(range: Omit<Range, 'objects'>): AsyncIterable<Uint8Array>
  /** Objects in the order of their ids, one a line. With `live` each is answered before the next id is waited for. */
  readObjects(ids: AsyncIterable<Uint8Array>, live?: boolean): AsyncIterable<readonly Frame[]>
}

const SEEN = 1
const EXPECTED = 2
const EXCLUDED = 4

/** The frames of every object in the range, each once; one without a type is a fault. */
export async function* walk(
  repository: Repository,
  range: Range,
  format: Format,
): AsyncGenerator<readonly Frame[], undefined> {
  const state = new WalkState(range, format)
  yield* state.take(repository.readObjects(hinted(repository, range)))
  if (state.open && range.excluded.length > 0) await proveExcluded(repository, range, state, format)
  if (state.open) yield* state.take(repository.readObjects(state.ask(), true))
  return undefined
}

/** A cut in the history is told as one: it is never a pass, and what is behind it can be had. */
export async function* nameMissing(
  groups: AsyncIterable<readonly Frame[]>,
  { isShallow }: { readonly isShallow: boolean },
): AsyncGenerator<readonly Frame[], undefined> {
  const why = isShallow ? 'missing: the clone is shallow, and the range goes beyond its cut' : 'missing'
  for await (const frames of groups)
    yield frames.some((frame) => frame.why === 'missing')
      ? frames.map((frame) => (frame.why === 'missing' ? { ...frame, why } : frame))
      : frames
  return undefined
}

async function* hinted(repository: Repository, range: Range): AsyncGenerator<Uint8Array, undefined> {
  const commits = repository.listCommits(range)[Symbol.asyncIterator]()
  // Git begins to walk while the tags before its commits are read.
  const first = range.commits.length > 0 ? commits.next() : undefined
  first?.catch(() => undefined)
  try {
    if (range.objects.length > 0) yield lines(range.objects)
    for (let next = await first; next !== undefined && next.done !== true; next = await commits.next()) yield next.value
  } finally {
    await commits.return?.()
  }
  return undefined
}

/** Follows the raw parents of what is excluded until nothing is open, or all is followed. */
async function proveExcluded(repository: Repository, range: Range, state: WalkState, format: Format): Promise<void> {
  const commits = repository.listCommits({ commits: range.excluded, excluded: [], firstParent: false })
  for await (const frames of repository.readObjects(commits))
    for (const frame of frames) {
      // Another object's bytes in its place would exclude what they name.
      if (frame.type === 'commit' && frameId(frame, format.algorithm) === frame.oid) state.exclude(frame)
      if (!state.open) return
    }
}

class WalkState {
  readonly #format: Format
  readonly #firstParent: boolean
  readonly #table: IdTable
  /** Expected, and neither seen nor excluded. */
  #open = 0
  /** In `ask`: what was found since the last answer. */
  #found: string[] | undefined

  constructor(range: Range, format: Format) {
    this.#format = format
    this.#firstParent = range.firstParent
    this.#table = new IdTable(format.algorithm)
    for (const id of range.excluded) this.#table.mark(id, EXCLUDED)
    for (const id of [...range.objects, ...range.commits]) this.#expect(id)
  }

  get open(): boolean {
    return this.#open > 0
  }

  /** Lets each object pass once, and notes what it names. */
  async *take(answers: AsyncIterable<readonly Frame[]>): AsyncGenerator<readonly Frame[], undefined> {
    for await (const frames of answers) yield frames.filter((frame) => this.#see(frame))
    return undefined
  }

  /** The open ids, and those that their answers open, until there are none. */
  async *ask(): AsyncGenerator<Uint8Array, undefined> {
    this.#found = [...this.#table.having(EXPECTED, SEEN | EXCLUDED)]
    while (this.#found.length > 0) yield lines(this.#found.splice(0))
    return undefined
  }

  exclude(frame: Frame): void {
    if ((this.#table.marksOf(frame.oid) & EXCLUDED) === 0) return
    for (const parent of parentsOf(frame, this.#format.algorithm)) {
      const before = this.#table.mark(parent, EXCLUDED)
      if ((before & EXPECTED) !== 0 && (before & (SEEN | EXCLUDED)) === 0) this.#open--
    }
  }

  #see(frame: Frame): boolean {
    const before = this.#table.mark(frame.oid, SEEN)
    if ((before & SEEN) !== 0) return false
    if ((before & EXPECTED) !== 0 && (before & EXCLUDED) === 0) this.#open--
    if (frame.type === 'commit') this.#expectParents(frame)
    else if (frame.type === 'tag') this.#expectTarget(frame)
    return true
  }

  #expectParents(frame: Frame): void {
    const { algorithm } = this.#format
    for (const at of parentOffsets(frame, algorithm)) {
      if (this.#table.markAt(frame.framed, at, EXPECTED) === 0) this.#opened(() => idAt(frame, at, algorithm))
      if (this.#firstParent) return
    }
  }

  // A tag that cannot be read names nothing; that is found where it is looked at.
  #expectTarget(frame: Frame): void {
    try {
      const { object, type } = parseTagHeader(contentsOf(frame), this.#format.algorithm)
      if (type === 'commit' || type === 'tag') this.#expect(object)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
    }
  }

  #expect(id: string): void {
    if (this.#table.mark(id, EXPECTED) === 0) this.#opened(() => id)
  }

  #opened(id: () => string): void {
    this.#open++
    this.#found?.push(id())
  }
}

function lines(ids: readonly string[]): Uint8Array {
  return Buffer.from(`${ids.join('\n')}\n`, 'latin1')
}

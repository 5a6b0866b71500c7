// Who matches the entries of a log: this thread, where that is as quick as handing them over, else several others, while this
// one fetches and hashes.
import { Fault } from '../errors.ts'
import type { EntryBlock } from '../rekor/entry-bundle.ts'
import { type Asker, threadStarter } from '../system/thread.ts'
import type { Match } from './match.ts'

export interface Matchers {
  /** How many blocks it can have under way at once. */
  readonly width: number
  /** The block's bytes are given away. */
  match(block: EntryBlock): Promise<readonly Match[]>
  close(): Promise<void>
}

/** Blocks that a thread has before it answers: one to work at, one that waits. */
const AHEAD = 2
/** Entries that are read here before the first thread is worth its start. */
const FEW = 4096

/** How entries are matched, here and in a thread. */
export interface Matching<Setting> {
  /** The thread's entry, and the plain data that it starts with. */
  readonly entry: URL
  readonly setting: Setting
  /** What a thread of that setting answers. */
  readonly match: (block: EntryBlock) => readonly Match[]
}

/** @param jobs threads beside this one; with one alone nothing is gained by it */
export async function createMatchers<Setting>(
  { entry, setting, match }: Matching<Setting>,
  jobs: number,
): Promise<Matchers> {
  const here: Matchers = { width: 1, match: async (block) => match(block), close: async () => undefined }
  if (jobs < 2) return here
  const start = await threadStarter<Setting, EntryBlock, readonly Match[]>(entry, setting)
  let [pool, left]: [Matchers | undefined, number] = [undefined, FEW]
  return {
    width: jobs * AHEAD,
    match(block) {
      left -= block.spans.length / 2
      if (left >= 0) return here.match(block)
      pool ??= poolOf(Array.from({ length: jobs }, start))
      return pool.match(block)
    },
    close: async () => await pool?.close(),
  }
}

/** The least busy thread takes the next block. One that dies ends the search: what it was asked is not known. */
export function poolOf(askers: readonly Asker<EntryBlock, readonly Match[]>[]): Matchers {
  const members = askers.map((asker) => ({ asker, load: 0 }))
  return {
    width: members.length * AHEAD,
    async match(block) {
      const member = members.reduce((least, one) => (one.load < least.load ? one : least))
      const [question, given] = giveAway(block)
      member.load++
      try {
        return await member.asker.ask(question, given)
      } catch (cause) {
        throw new Fault('io', `a thread that reads entries ended: ${String(cause)}`, { cause })
      } finally {
        member.load--
      }
    },
    async close() {
      await Promise.all(members.map(({ asker }) => asker.stop()))
    },
  }
}

// Nothing else may lie in the memory that changes hands.
function giveAway({ bytes, spans }: EntryBlock): readonly [EntryBlock, readonly ArrayBuffer[]] {
  const { buffer } = bytes
  const isWhole = buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength
  const given = isWhole ? buffer : Uint8Array.from(bytes).buffer
  return [{ bytes: new Uint8Array(given), spans: Uint32Array.from(spans) }, [given]]
}

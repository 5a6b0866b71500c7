// Spreads batches over threads: each takes the next when it has none left. A thread that dies takes its batches' findings
// with it, and those objects are faults.
import type { Frame } from '../git/frames.ts'
import { type Batch, decodeFindings, encodeBatch } from './batch.ts'
import type { Finding } from './record.ts'

/** Looks at objects, wherever. */
export interface Lookers {
  /** How many batches it can have under way at once. */
  readonly width: number
  /** Objects of a batch, where a whole one takes so long that its findings would come too late; any number unless given. */
  readonly most?: number
  /** One list of findings an object, in order. Never rejects for an object's sake. */
  look(frames: readonly Frame[]): Promise<readonly (readonly Finding[])[]>
  close(): Promise<void>
}

export interface Pool extends Lookers {
  /** Whether every thread has enough for now. */
  isBusy(): boolean
}

/** A thread, or what stands for one. */
export interface Thread {
  /** The texts of the batch's findings; rejects where the thread has died, and then for good. */
  look(batch: Batch): Promise<readonly string[]>
  close(): Promise<void>
}

/** Batches that a thread has before it answers: one to work at, one that waits. */
export const AHEAD = 2
/** A thread that died is replaced, but not for ever: what kills one may kill them all. */
const MAX_DEATHS = 3

/** @param start starts a thread; called `count` times, and once for each that died */
export function poolOf(count: number, start: () => Thread): Pool {
  const members = Array.from({ length: count }, () => ({ thread: start(), load: 0 }))
  let deaths = 0
  const bury = (member: { thread: Thread; load: number }, dead: Thread) => {
    // Every batch that it had tells of the same death.
    if (member.thread !== dead || ++deaths > MAX_DEATHS) return
    void dead.close()
    member.thread = start()
  }
  return {
    width: count * AHEAD,
    isBusy: () => members.every(({ load }) => load >= AHEAD),
    async look(frames) {
      const member = members.reduce((least, one) => (one.load < least.load ? one : least))
      const { thread } = member
      member.load++
      try {
        return (await thread.look(encodeBatch(frames))).map(decodeFindings)
      } catch (thrown) {
        bury(member, thread)
        return frames.map(() => [lost(thrown)])
      } finally {
        member.load--
      }
    },
    async close() {
      await Promise.all(members.map(({ thread }) => thread.close()))
    },
  }
}

function lost(thrown: unknown): Finding {
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return { state: 'fault', code: 'worker', why: `not verified: a thread ended (${why})` }
}

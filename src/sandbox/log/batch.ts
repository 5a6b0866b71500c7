// Collects what is appended while the disk is busy, so that many callers share one checkpoint and its fsyncs.

/** Calls `flush` with all waiting items, one flush at a time; each `add` settles as its item's flush does. */
export class Batcher<Item, Result> {
  readonly #flush: (items: readonly Item[]) => Promise<readonly Result[]>
  #waiting: Waiting<Item, Result>[] = []
  #running: Promise<void> | undefined

  /** `flush` returns one result an item, in their order, or throws for all of them. */
  constructor(flush: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#flush = flush
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    // One turn's delay lets everything that was appended together go together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH)
      await this.#settle(batch)
    }
    this.#running = undefined
  }

  async #settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#flush(batch.map(({ item }) => item))
      batch.forEach(({ resolve }, i) => {
        resolve(results[i] as Result)
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}

/** Bounds the memory and the time of one flush. */
export const MAX_BATCH = 1024

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

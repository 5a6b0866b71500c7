// Ids on their way to a `git cat-file`: pulled from their source no faster than they are answered, and kept until they
// are, so that another child can go on where one has died.
import { Buffer } from 'node:buffer'

/** Ids asked for and not answered: more than fit into what cat-file holds back, or it would wait for us and we for it. */
const MAX_ASKED = 8192

export class Asked {
  readonly #source: AsyncIterator<Uint8Array>
  /** Most unanswered ids while another chunk is pulled. */
  readonly #most: number
  /** The first begins, at `at`, with the first unanswered id. */
  readonly #chunks: Buffer[] = []
  #at = 0
  #count = 0
  #ended = false
  /** The last chunk may end within an id. */
  #part: Buffer = Buffer.alloc(0)
  #pulling: Promise<Buffer | undefined> | undefined
  #wake: (() => void) | undefined

  /** @param live ids come only out of answers: all are awaited before more are pulled */
  constructor(ids: AsyncIterable<Uint8Array>, live: boolean) {
    this.#source = ids[Symbol.asyncIterator]()
    this.#most = live ? 0 : MAX_ASKED
  }

  /** Every id is pulled and answered. */
  get done(): boolean {
    return this.#ended && this.#count === 0
  }

  /** What has been pulled and not answered. */
  unanswered(): Buffer {
    return Buffer.concat(this.#chunks).subarray(this.#at)
  }

  /** Takes the first unanswered id away where it is this one, and says whether. */
  answerIf(oid: string): boolean {
    const [chunk] = this.#chunks
    if (chunk === undefined || chunk[this.#at + oid.length] !== 0x0a) return false
    for (let i = 0; i < oid.length; i++) if (chunk[this.#at + i] !== oid.charCodeAt(i)) return false
    this.#passTo(chunk, this.#at + oid.length + 1)
    return true
  }

  /** Takes the first unanswered id away; undefined where there is none. */
  answer(): string | undefined {
    const [chunk] = this.#chunks
    if (chunk === undefined) return undefined
    const end = chunk.indexOf(0x0a, this.#at)
    const id = chunk.toString('latin1', this.#at, end)
    this.#passTo(chunk, end + 1)
    return id
  }

  #passTo(chunk: Buffer, at: number): void {
    this.#at = at
    this.#count--
    if (at < chunk.length) return
    this.#chunks.shift()
    this.#at = 0
  }

  /** Says that answers were taken up. */
  wake(): void {
    this.#wake?.()
  }

  /** More ids, once there is room; undefined after the last. Two who wait are given the same. */
  pull(): Promise<Buffer | undefined> {
    this.#pulling ??= this.#pull().finally(() => {
      this.#pulling = undefined
    })
    return this.#pulling
  }

  async close(): Promise<void> {
    this.#ended = true
    this.wake()
    await this.#source.return?.()
  }

  async #pull(): Promise<Buffer | undefined> {
    while (this.#count > this.#most && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    const next = this.#ended ? undefined : await this.#source.next()
    if (next === undefined || next.done === true) this.#ended = true
    else return this.#keep(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength))
    return undefined
  }

  #keep(chunk: Buffer): Buffer {
    const bytes = this.#part.length === 0 ? chunk : Buffer.concat([this.#part, chunk])
    const end = bytes.lastIndexOf(0x0a) + 1
    this.#part = bytes.subarray(end)
    const whole = bytes.subarray(0, end)
    if (end === 0) return whole
    this.#chunks.push(whole)
    for (let at = whole.indexOf(0x0a); at >= 0; at = whole.indexOf(0x0a, at + 1)) this.#count++
    return whole
  }
}

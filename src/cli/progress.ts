// How far a long run has come, on a terminal alone: one line that is written over.
import type { World } from '../system/world.ts'

/** Milliseconds between two lines. */
const EVERY = 250

export class Progress {
  readonly #world: World
  readonly #things: string
  readonly #isShown: boolean
  readonly #started: number
  #last: number
  #width = 0
  #total: number | undefined

  /** @param things what is counted */
  constructor(world: World, things = 'objects') {
    this.#world = world
    this.#things = things
    this.#isShown = world.isTerminal(2)
    this.#started = world.now()
    this.#last = this.#started
  }

  get isShown(): boolean {
    return this.#isShown
  }

  /** How many there will be, once somebody has counted them. */
  expect(total: number): void {
    this.#total = total
  }

  show(done: number): void {
    const now = this.#world.now()
    if (!this.#isShown || now - this.#last < EVERY) return
    this.#last = now
    const rate = done / Math.max(0.001, (now - this.#started) / 1000)
    const all = this.#total === undefined ? '' : ` of ${this.#total}`
    const text = `${done}${all} ${this.#things}, ${Math.round(rate)} a second${this.#left(done, rate)}`
    this.#world.write(2, `\r${text.padEnd(this.#width)}`)
    this.#width = text.length
  }

  clear(): void {
    if (this.#width > 0) this.#world.write(2, `\r${' '.repeat(this.#width)}\r`)
    this.#width = 0
  }

  #left(done: number, rate: number): string {
    if (this.#total === undefined || rate <= 0 || this.#total <= done) return ''
    const seconds = Math.ceil((this.#total - done) / rate)
    return seconds < 90 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`
  }
}

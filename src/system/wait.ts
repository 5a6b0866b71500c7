// Waiting for a person, who may never come: bounded, with a word now and then, and Ctrl-C ends it.
import { Fault } from '../errors.ts'

export interface Patience {
  /** Milliseconds. */
  readonly timeout: number
  /** Milliseconds between two calls of `remind`. */
  readonly every?: number
  remind?(left: number): void
  /** The fault where time is up. */
  late(): Fault
  readonly signal?: AbortSignal | undefined
}

/** What `work` gives, unless it takes too long or somebody interrupts; then its end, whatever it is, concerns nobody. */
export async function waitFor<T>(work: Promise<T>, patience: Patience): Promise<T> {
  const { timeout, every = 30_000, signal } = patience
  const until = performance.now() + timeout
  const stops: (() => void)[] = []
  const ended = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(patience.late()), timeout)
    const reminder = setInterval(() => remind(patience, until - performance.now()), every)
    const interrupt = () => reject(new Fault('interrupted', 'interrupted'))
    signal?.addEventListener('abort', interrupt)
    if (signal?.aborted) interrupt()
    stops.push(
      () => clearTimeout(timer),
      () => clearInterval(reminder),
      () => signal?.removeEventListener('abort', interrupt),
    )
  })
  try {
    return await Promise.race([work, ended])
  } finally {
    for (const stop of stops) stop()
    work.catch(() => undefined)
  }
}

function remind(patience: Patience, left: number): void {
  if (left >= 1000) patience.remind?.(left)
}

/** Waits, unless somebody interrupts: then throws what they gave as their reason. */
export function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** Lets what has come in the meantime be heard: signals and answers. Work without a wait in it hears nothing. */
export function takeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

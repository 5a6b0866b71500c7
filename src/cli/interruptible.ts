// Work that Ctrl-C ends in order.
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'

/** Ctrl-C ends the children and the threads, and then the run. */
export async function interruptible<T>(world: World, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const release = world.onInterrupt?.(() => controller.abort(new Fault('interrupted', 'interrupted')))
  try {
    return await work(controller.signal)
  } finally {
    release?.()
  }
}

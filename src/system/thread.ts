// Threads that are asked and answer, in order. What ends one, an error or its own exit, ends all that it was asked.
import type { Worker } from 'node:worker_threads'

/** The other side's end of a thread. */
export interface Asker<Question, Answer> {
  /** What is listed in `given` changes hands. Rejects where the thread has ended. */
  ask(question: Question, given: readonly ArrayBuffer[]): Promise<Answer>
  stop(): Promise<void>
}

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(error: Error): void
}

interface Message<Answer> {
  readonly answer?: Answer
  readonly failure?: string
}

/**
 * MiB. A thread that wants more than any signature needs ends by itself, and not the program; and what dies young is
 * collected early: left to itself each thread keeps a hundred MiB of garbage.
 */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 12 }

/** Bun knows no limits, but a smaller heap. */
const BUN_OPTIONS: object = { smol: true }

/**
 * Where the entry of a thread is: beside the file that starts it, as `source` or in dist/ under `name`. The standalone
 * executable keeps its entries by their folders, and that file in none.
 * @param base the file's own `import.meta.url`
 */
export function threadEntry(base: string, source: string, name: string): URL {
  if (base.endsWith('.ts')) return new URL(source, base)
  return new URL(/\$bunfs|~BUN/.test(base) ? `./dist/${name}.js` : `./${name}.js`, base)
}

/** @param setting is copied to the thread's start */
export async function threadStarter<Setting, Question, Answer>(
  entry: URL,
  setting: Setting,
): Promise<() => Asker<Question, Answer>> {
  const { Worker: Thread } = await import('node:worker_threads')
  const options = { workerData: setting, resourceLimits: LIMITS, ...BUN_OPTIONS }
  return () => askerOf(new Thread(entry, options))
}

function askerOf<Question, Answer>(worker: Worker): Asker<Question, Answer> {
  const waiting: Waiting<Answer>[] = []
  let dead: Error | undefined
  const die = (error: Error) => {
    dead ??= error
    for (const one of waiting.splice(0)) one.reject(dead)
  }
  worker.on('message', ({ answer, failure }: Message<Answer>) => {
    const one = waiting.shift()
    if (answer === undefined) one?.reject(new Error(failure))
    else one?.resolve(answer)
  })
  worker.on('error', (error) => die(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', (status) => die(new Error(`exit status ${status}`)))
  return {
    ask: (question, given) =>
      new Promise((resolve, reject) => {
        if (dead !== undefined) return reject(dead)
        waiting.push({ resolve, reject })
        worker.postMessage(question, [...given])
      }),
    async stop() {
      await worker.terminate()
    },
  }
}

/** In the thread itself: answers every question, an error as one. */
export async function serveThread<Setting, Question, Answer>(
  start: (setting: Setting) => ((question: Question) => Answer) | Promise<(question: Question) => Answer>,
): Promise<void> {
  const { parentPort, workerData } = await import('node:worker_threads')
  const answer = await start(workerData as Setting)
  parentPort?.on('message', (question: Question) => parentPort.postMessage(reply(answer, question)))
}

function reply<Question, Answer>(answer: (question: Question) => Answer, question: Question): Message<Answer> {
  try {
    return { answer: answer(question) }
  } catch (thrown) {
    return { failure: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

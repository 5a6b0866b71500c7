// A checkpoint held against every one that the log signed before: the last that was proven, and one that it did not prove.
// A log that shows another past to somebody has to show it here too, or refuse the proof until that is an alert.
import { Fault } from '../errors.ts'
import type { LogSighting } from '../monitor/sighting.ts'
import type { MonitorState, Unproven } from '../monitor/state.ts'
import { parseCheckpoint } from '../rekor/checkpoint.ts'
import type { LogHead } from '../rekor/client-log.ts'
import { entriesText, problem, provenProblem, type Watching } from './monitor-head.ts'

/** What forbids to go on, and the checkpoint that is still without a proof. */
export interface Held {
  readonly problems: readonly LogSighting[]
  readonly unproven?: Unproven | undefined
}

/** Rounds without a proof after which that is an alert. */
const PATIENCE = 3

/** Throws `network` and `log` where the proof is refused, and that is remembered; from the third time on it is a problem. */
export async function holdAgainstPast(watching: Watching, head: LogHead): Promise<Held> {
  const { state } = watching.store
  if (state === undefined || state.note === '') return { problems: [] }
  const { unproven } = state
  if (state.origin !== head.checkpoint.origin)
    return { problems: [problem(watching, head, 'tree', anotherTree(state))], unproven }
  const isOwn = unproven !== undefined && parseCheckpoint(unproven.note).origin === head.checkpoint.origin
  try {
    for (const note of isOwn ? [state.note, unproven.note] : [state.note]) {
      const problems = await contradictions(watching, head, note)
      if (problems.length > 0) return { problems, unproven }
    }
    return { problems: [], unproven: isOwn ? undefined : unproven }
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    return refused(watching, head, state, thrown)
  }
}

/** What a log does that does not answer, or not as it should. */
export function isRefusal(thrown: unknown): thrown is Fault {
  return thrown instanceof Fault && (thrown.code === 'network' || thrown.code === 'log')
}

async function contradictions(watching: Watching, head: LogHead, note: string): Promise<readonly LogSighting[]> {
  const { size: treeSize, rootHash } = parseCheckpoint(note)
  const why = await watching.view.inconsistency({ treeSize, rootHash }, head)
  if (why === undefined) return []
  return [provenProblem(watching, head, head.treeSize < treeSize ? 'rollback' : 'fork', why, note)]
}

// The first that was refused is kept: a log that goes back to the truth has to prove that one all the same.
function refused(watching: Watching, head: LogHead, state: MonitorState, fault: Fault): Held {
  const { store, rules, now } = watching
  const { note, since, rounds } = state.unproven ?? { note: head.note, since: now(), rounds: 0 }
  const unproven = { note, since, rounds: rounds + 1 }
  const isOver = unproven.rounds >= PATIENCE || now() - since > (rules.maxAge ?? Number.POSITIVE_INFINITY)
  store.commit({ ...state, unproven }, [])
  if (!isOver) throw fault
  const checkpoint = parseCheckpoint(note)
  const first = { treeSize: checkpoint.size, rootHash: checkpoint.rootHash, checkpoint, note }
  const why = `signed a tree of ${entriesText(first.treeSize)}, and does not prove that the one of before goes on to it`
  const problems = [provenProblem(watching, first, 'unproven', `${why}: ${fault.message}`, state.note)]
  return { problems, unproven }
}

function anotherTree({ origin, next }: MonitorState): string {
  return `begins another tree; ${origin} was looked at up to ${next}`
}

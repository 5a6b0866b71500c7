// The trees of a log beside the one that grows: Rekor v1 keeps those before, and says by itself which one grows. What was
// looked at once is looked at on, so that nobody is rid of a watcher by naming another tree.
import { Fault } from '../errors.ts'
import type { LogSighting } from '../monitor/sighting.ts'
import type { MonitorState, TreeState } from '../monitor/state.ts'
import { parseCheckpoint } from '../rekor/checkpoint.ts'
import type { LogHead } from '../rekor/client-log.ts'
import { provenProblem, type Watching } from './monitor-head.ts'
import { scanFrom } from './monitor-scan.ts'

/** Trees that are remembered of one log; Rekor v1 has had four in as many years. */
const MAX_TREES = 64

/**
 * Looks at every tree that is remembered and is not that of `head` to its end, and has the state be at the head's where that
 * is known.
 * @returns what forbids to go on: a tree that is gone, or has another past
 */
export async function lookAtOtherTrees(watching: Watching, head: LogHead): Promise<readonly LogSighting[]> {
  const { state } = watching.store
  if (state === undefined || state.note === '') return []
  const known = [treeOf(state), ...state.trees]
  if (known.length > MAX_TREES)
    throw new Fault('log', `${watching.view.log.baseUrl} has shown more trees than a log has`)
  for (const tree of known) {
    if (tree.origin === head.checkpoint.origin) continue
    const problems = await lookAtTree(watching, tree, head)
    if (problems.length > 0) return problems
  }
  turnTo(watching, head.checkpoint.origin)
  return []
}

/** The state of one tree, as it is kept while another is looked at. */
export function treeOf({ origin, note, from, next, changed }: TreeState): TreeState {
  return { origin, note, from, next, changed }
}

async function lookAtTree(watching: Watching, tree: TreeState, active: LogHead): Promise<readonly LogSighting[]> {
  const { view, store } = watching
  const { origin, note, next } = tree
  const head = await headOf(watching, origin)
  if (typeof head === 'string')
    return [provenProblem(watching, active, 'rollback', `${origin} is gone, looked at up to ${next}: ${head}`, note)]
  const { size: treeSize, rootHash } = parseCheckpoint(note)
  const why = await view.inconsistency({ treeSize, rootHash }, head)
  const kind = head.treeSize < treeSize ? 'rollback' : 'fork'
  if (why !== undefined) return [provenProblem(watching, head, kind, `of its tree ${origin}: ${why}`, note)]
  if (BigInt(next) === head.treeSize) return []
  const state = turnTo(watching, origin)
  if (state === undefined) return []
  store.commit({ ...state, note: head.note }, [])
  await scanFrom(watching, head, store.state ?? state)
  return []
}

/** Or why there is none that the log signed. */
async function headOf({ view }: Watching, origin: string): Promise<LogHead | string> {
  try {
    return await view.head(origin)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'log') return thrown.message
    throw thrown
  }
}

/** Undefined, and nothing done, for a tree that is not known. */
function turnTo({ store }: Watching, origin: string): MonitorState | undefined {
  const { state } = store
  if (state === undefined || state.origin === origin) return state
  const tree = state.trees.find((one) => one.origin === origin)
  if (tree === undefined) return undefined
  const trees = [treeOf(state), ...state.trees.filter((one) => one !== tree)]
  store.commit({ ...state, ...tree, trees }, [])
  return store.state
}

// The entry of a thread that verifies a history's objects.
import { answerBatches, type LookSetting } from './compose-lookers.ts'
import type { Batch } from './history/batch.ts'
import { serveThread } from './system/thread.ts'

await serveThread<LookSetting, Batch, readonly string[]>(answerBatches)

// The entry of a thread that verifies a history's objects.

import type { Batch } from '../history/batch.ts'
import { serveThread } from '../system/thread.ts'
import { answerBatches, type LookSetting } from './lookers.ts'

await serveThread<LookSetting, Batch, readonly string[]>(answerBatches)

// The entry of a thread that reads a log's entries for a monitor.

import { screenFor } from '../monitor/screen.ts'
import { prepareWatch, type Watched } from '../monitor/watch.ts'
import type { EntryBlock } from '../rekor/entry-bundle.ts'
import type { Match } from '../scan/match.ts'
import { serveThread } from '../system/thread.ts'

await serveThread<readonly Watched[], EntryBlock, readonly Match[]>(async (watched) =>
  screenFor(await prepareWatch(watched)),
)

// The entry of a thread that reads a log's entries.
import type { EntryBlock } from '../rekor/entry-bundle.ts'
import { serveThread } from '../system/thread.ts'
import { type Match, matcherFor } from './match.ts'
import type { Wanted } from './wanted.ts'

await serveThread<Wanted, EntryBlock, readonly Match[]>(matcherFor)

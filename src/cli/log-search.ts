// `log search` and `log merge`: what of logs is looked for, by one machine or by several that each read a part.
import { toHex } from '../bytes.ts'
import type { Configured } from '../compose/assessor.ts'
import { type Bounds, isBounded, type Range, readScope, type Scope } from '../compose/log-scope.ts'
import { type Step, searchEntries, searchIndex } from '../compose/log-search.ts'
import { Fault } from '../errors.ts'
import type { LogView } from '../rekor/client-log.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { encodeDocument, REPORT_VERSION } from '../report/json.ts'
import { checkSearchParts, digestOfWanted, readSearchPart, type SearchPart } from '../report/search-shards.ts'
import type { Wanted } from '../scan/wanted.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { MAX_ATTESTATION, parseDocument } from '../trust/json.ts'
import { flagValue, isSet, type ParsedFlags } from './flags.ts'
import { entryMember, entryText } from './log-report.ts'
import { boundsOf, effortOf, limitOf, wantedOf } from './log-wanted.ts'
import { Progress } from './progress.ts'

interface Search {
  readonly world: World
  readonly flags: ParsedFlags
  readonly configured: Configured
  readonly views: readonly LogView[]
}

export async function searchLogs({ world, flags, configured, views }: Search): Promise<number> {
  const wanted = await wantedOf(world, flags)
  const [bounds, limit, effort] = [boundsOf(flags), limitOf(flags), effortOf(flags)]
  if (isBounded(bounds) && views.length > 1)
    throw new Fault('usage', 'places are those of one log, and there are several', { hint: '--url names one' })
  const output = new Output(world, isSet(flags, 'json'))
  let part: SearchPart | undefined
  for (const view of views) {
    const scope = view.version === 2 || isBounded(bounds) ? await readScope(configured, view, bounds) : undefined
    const steps =
      scope === undefined
        ? searchIndex(configured, view, wanted)
        : resumable(searchEntries(configured, view, wanted, scope, effort), scope.part)
    const complete = await output.take(steps, { log: view.log.baseUrl, limit, part: scope?.part })
    if (scope !== undefined) part = partOf(view, scope, wanted, bounds, complete)
  }
  const status = output.end(bounds.shard === undefined ? undefined : part)
  if (status === 1 && flagValue(flags, 'object') !== undefined) world.write(2, byIdHint(world))
  return status
}

function byIdHint({ name }: World): string {
  return `${name}: hint: a log knows objects by their ids in online mode alone; \`${name} explain REV\` tells of an entry inside
`
}

/** `log merge FILE...`: the JSON documents of all shards become one, with the status that one search would have had. */
export function mergeSearches(world: World, flags: ParsedFlags, files: readonly string[]): number {
  const parts = files.map((name) => {
    const bytes = readBytes(resolvePath(name, world), MAX_ATTESTATION)
    return { name, ...readSearchPart(parseDocument(bytes, name, MAX_ATTESTATION)) }
  })
  const output = new Output(world, isSet(flags, 'json'))
  for (const { part, entries } of checkSearchParts(parts)) for (const one of entries) output.add(one, part.log)
  return output.end(undefined)
}

/** Prints what is found as it comes, or all of it as one document. */
class Output {
  readonly #world: World
  readonly #isJson: boolean
  readonly #members: object[] = []
  /** Logs of which the limit ended the search. */
  readonly #incomplete: string[] = []
  #count = 0

  constructor(world: World, isJson: boolean) {
    this.#world = world
    this.#isJson = isJson
  }

  /** Gives whether all of it was taken: false where the limit ended it. */
  async take(
    steps: AsyncIterable<Step>,
    { log, limit, part }: { readonly log: string; readonly limit: number; readonly part: Range | undefined },
  ): Promise<boolean> {
    const progress = new Progress(this.#world, 'entries')
    if (part !== undefined) progress.expect(part.to - part.from)
    let left = limit
    try {
      for await (const { read, found } of steps) {
        if (read !== undefined && part !== undefined) progress.show(read - part.from)
        if (found.length > 0) progress.clear()
        for (const one of found) {
          this.add(one, log)
          if (--left > 0) continue
          this.#incomplete.push(log)
          this.#world.write(
            2,
            `${this.#world.name}: ${escapeText(log)}: stopped at ${limit} (--limit): more may be there\n`,
          )
          return false
        }
      }
      return true
    } finally {
      progress.clear()
    }
  }

  add(one: NamedEntry, log: string): void {
    if (this.#isJson) this.#members.push(entryMember(one, log))
    else this.#world.write(1, `${this.#count === 0 ? '' : '\n'}${entryText(one, log)}`)
    this.#count++
  }

  end(scan: SearchPart | undefined): number {
    const document = {
      version: REPORT_VERSION,
      ...(scan === undefined ? {} : { scan }),
      incomplete: this.#incomplete,
      entries: this.#members,
    }
    if (this.#isJson) this.#world.write(1, encodeDocument(document))
    else if (this.#count === 0) this.#world.write(2, `${this.#world.name}: nothing was found\n`)
    return this.#count === 0 ? 1 : 0
  }
}

function partOf(view: LogView, scope: Scope, wanted: Wanted, { shard }: Bounds, complete: boolean): SearchPart {
  return {
    log: view.log.baseUrl,
    origin: scope.head.checkpoint.origin,
    size: scope.size,
    root: toHex(scope.rootHash),
    ...scope.whole,
    shard: shard ?? { index: 1, of: 1 },
    part: scope.part,
    wanted: digestOfWanted(wanted),
    complete,
  }
}

/** A log that stops answering is told with the place from which to go on. */
export async function* resumable(steps: AsyncIterable<Step>, { from }: Range): AsyncGenerator<Step, undefined> {
  let reached = from
  try {
    for await (const step of steps) {
      reached = step.read ?? reached
      yield step
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'network') throw thrown
    const hint = `everything before entry ${reached} was read: --from ${reached} goes on from there`
    throw new Fault('network', thrown.message, { cause: thrown, hint })
  }
  return undefined
}

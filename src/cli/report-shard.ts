// One file of JSON lines, read a line at a time and believed only where it is whole: a header first, a summary last, as
// many records as that counts, and each of them of this shard.
import { Fault } from '../errors.ts'
import type { JudgedRecord } from '../history/record.ts'
import { isInShard } from '../history/sum.ts'
import { Tally } from '../history/tally.ts'
import type { RunStart } from '../report/form.ts'
import { parseRecord } from '../report/record-parse.ts'
import { parseEnd, parseStart, typeOf } from '../report/run-parse.ts'
import type { Part } from '../report/shards.ts'
import { readLines } from '../system/lines.ts'
import { type JsonObject, jsonObject } from '../trust/json.ts'

/** Gives each record of the file and, where the file is whole, what stands around them. Throws `parse` or `io`. */
export function* readShard(path: string): Generator<JudgedRecord, Part> {
  const tally = new Tally()
  let start: RunStart | undefined
  let part: Part | undefined
  for (const document of documentsOf(path)) {
    if (part !== undefined) throw broken(document, 'there is more after the summary')
    const type = typeOf(document)
    if (start === undefined) start = type === 'header' ? parseStart(document) : missingHeader(document)
    else if (type === 'header') throw broken(document, 'a second header: two reports in one file')
    else if (type === 'summary') part = finish(document, path, start, tally)
    else {
      const record = parseRecord(document)
      checkPlace(document, record, start)
      tally.add(record)
      yield record
    }
  }
  if (part === undefined) throw new Fault('parse', `${path}: no summary at its end: the report was cut off`)
  return part
}

function finish(document: JsonObject, name: string, start: RunStart, tally: Tally): Part {
  const end = parseEnd(document)
  const { places, states } = tally.counts()
  if (JSON.stringify(parseStart(document)) !== JSON.stringify(start))
    throw broken(document, 'the summary is of another run than the header')
  if (JSON.stringify([places, states]) !== JSON.stringify([end.places, end.states]))
    throw broken(document, 'the summary counts other records than there are')
  if (end.exit === 130) throw broken(document, 'the run was interrupted')
  return { name, start, end }
}

// A record that is not of this shard is one of another shard too: somebody would count it twice.
function checkPlace(document: JsonObject, { oid, within }: JudgedRecord, { shard }: RunStart): void {
  if (shard !== undefined && !isInShard(within ?? oid, shard)) throw broken(document, 'an object of another shard')
}

function* documentsOf(path: string): Generator<JsonObject> {
  let number = 0
  for (const line of readLines(path)) {
    const what = `${path}, line ${++number}`
    yield jsonObject(parseJson(line, what), what)
  }
}

function parseJson(line: string, what: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new Fault('parse', `${what}: not JSON`, { cause })
  }
}

function missingHeader(document: JsonObject): never {
  throw broken(document, 'no header: not a report by --format jsonl')
}

function broken({ what }: JsonObject, why: string): Fault {
  return new Fault('parse', `${what}: ${why}`)
}

// What stands before and after the records of a run, read back from JSON lines: who belongs together is decided by it.
import { malformed } from '../errors.ts'
import type { HistorySummary, Shard, Tip } from '../history/summary.ts'
import { type JsonObject, jsonObject, objectOf, optionalObject, optionalText, textOf } from '../trust/json.ts'
import { countOf, timeOf, wordOf } from './document.ts'
import type { RunStart } from './form.ts'
import { HISTORY_VERSION } from './record-json.ts'

/** What a summary says beyond the run's start; the counts are made anew from the records. */
export type RunEnd = Pick<HistorySummary, 'walk' | 'places' | 'states' | 'cached' | 'finished' | 'exit'>

/** Reads a document of type `header` or `summary`. Throws `parse`. */
export function parseStart(document: JsonObject): RunStart {
  if (document.fields.get('version') !== HISTORY_VERSION)
    throw malformed(document.what, 'a version of the format that is not known here')
  const trust = objectOf(document, 'trust')
  const shard = optionalObject(document, 'shard')
  const policy = optionalText(document, 'policy')
  const isExpected = document.fields.get('isExpected')
  if (typeof isExpected !== 'boolean') throw malformed(document.what, 'isExpected is not true or false')
  return {
    range: textOf(document, 'range'),
    tips: parseTips(document),
    moreTips: countOf(document, 'moreTips'),
    ...(shard === undefined ? {} : { shard: parseShard(shard) }),
    trust: { instance: textOf(trust, 'instance'), digest: textOf(trust, 'digest') },
    ...(policy === undefined ? {} : { policy }),
    isExpected,
    version: textOf(document, 'program'),
    started: timeOf(document, 'started'),
  }
}

/** Reads a document of type `summary`. Throws `parse`. */
export function parseEnd(document: JsonObject): RunEnd {
  const walk = objectOf(document, 'walk')
  const places = objectOf(document, 'places')
  const states = objectOf(document, 'states')
  const exit = [0, 1, 2, 3, 130].find((known) => known === document.fields.get('exit'))
  if (exit === undefined) throw malformed(document.what, 'exit is no status of a run')
  return {
    walk: { objects: countOf(walk, 'objects'), digest: textOf(walk, 'digest') },
    places: countsOf(places, ['commit', 'tag', 'mergetag', 'push certificate'] as const),
    states: countsOf(states, ['accepted', 'rejected', 'unsigned', 'foreign', 'fault'] as const),
    cached: countOf(document, 'cached'),
    finished: timeOf(document, 'finished'),
    exit: exit as HistorySummary['exit'],
  }
}

/** The type of a document. */
export function typeOf(document: JsonObject): 'header' | 'record' | 'summary' {
  return wordOf(document, 'type', ['header', 'record', 'summary'] as const)
}

function parseShard(object: JsonObject): Shard {
  const shard = { index: countOf(object, 'index'), of: countOf(object, 'of') }
  if (shard.index < 1 || shard.index > shard.of) throw malformed(object.what, 'no such shard')
  return shard
}

function parseTips(document: JsonObject): readonly Tip[] {
  const tips = document.fields.get('tips')
  if (!Array.isArray(tips)) throw malformed(document.what, 'tips is not a list')
  return tips.map((value) => {
    const tip = jsonObject(value, `${document.what}: tips`)
    const isExcluded = tip.fields.get('excluded') === true
    return { name: textOf(tip, 'name'), oid: textOf(tip, 'oid'), ...(isExcluded ? { excluded: true } : {}) }
  })
}

function countsOf<Name extends string>(object: JsonObject, names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, countOf(object, name)])) as Record<Name, number>
}

// What an object says of itself beside its signature, for those who read about it: people, first line, target.
import { Buffer } from 'node:buffer'
import { messageOf, parseTagHeader } from '../git/commit.ts'
import { contentsOf, type Frame } from '../git/frames.ts'
import { findPerson } from '../report/people.ts'
import { type Format, parentsOf, placesOf } from './places.ts'
import { type Finding, MAX_SUBJECT, type ObjectRecord, type PlaceKind } from './record.ts'

/** The refs that named an object; undefined where none did. */
export type RefsOf = (oid: string) => readonly string[] | undefined

/** A record a finding: of the object, and of the tags that it carries. */
export function recordsOf(
  frame: Frame,
  findings: readonly Finding[],
  format: Format,
  refsOf: RefsOf,
): readonly ObjectRecord[] {
  const [own, ...merged] = findings
  if (own === undefined) return []
  const { algorithm } = format
  const refs = refsOf(frame.oid)
  const bytes = contentsOf(frame)
  const record: ObjectRecord = {
    oid: frame.oid,
    kind: kindOf(frame),
    algorithm,
    ...(refs === undefined ? {} : { refs }),
    ...(frame.type === 'commit' ? { parents: parentsOf(frame, algorithm) } : {}),
    ...(frame.type === 'tag' ? targetOf(bytes, format) : {}),
    ...(frame.type === 'blob' ? personOf(bytes) : wordsOf(bytes)),
    finding: own,
  }
  return merged.length === 0 ? [record] : [record, ...mergedRecords(frame, merged, format)]
}

/** What is told of a record that nobody reads: counted, not shown. */
export function briefRecord(frame: Frame, finding: Finding, { algorithm }: Format): ObjectRecord {
  return { oid: frame.oid, kind: kindOf(frame), algorithm, finding }
}

function mergedRecords(frame: Frame, findings: readonly Finding[], format: Format): readonly ObjectRecord[] {
  const places = placesOf(frame, format).slice(1)
  return places.flatMap(({ oid, kind, bytes }, at) => {
    const finding = findings[at]
    if (finding === undefined) return []
    const { algorithm } = format
    return [{ oid, kind, algorithm, within: frame.oid, ...targetOf(bytes, format), ...wordsOf(bytes), finding }]
  })
}

function kindOf({ type }: Frame): PlaceKind {
  return type === 'tag' ? 'tag' : type === 'blob' ? 'push certificate' : 'commit'
}

function targetOf(bytes: Uint8Array, { algorithm }: Format): Pick<ObjectRecord, 'target'> {
  try {
    const { object, type } = parseTagHeader(bytes, algorithm)
    return { target: { oid: object, type } }
  } catch {
    return {}
  }
}

function wordsOf(bytes: Uint8Array): Pick<ObjectRecord, 'person' | 'subject'> {
  if (bytes.length === 0) return {}
  const subject = subjectOf(bytes)
  return { ...personOf(bytes), ...(subject === '' ? {} : { subject }) }
}

/** All there is of a push certificate: where others have a message, it lists what is pushed. */
function personOf(bytes: Uint8Array): Pick<ObjectRecord, 'person'> {
  const person = findPerson(bytes)
  return person === undefined ? {} : { person }
}

function subjectOf(bytes: Uint8Array): string {
  const message = messageOf(bytes)
  // A character has at most four bytes.
  const start = Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, MAX_SUBJECT * 4)).toString()
  return (start.split('\n', 1)[0] ?? '').slice(0, MAX_SUBJECT)
}

// What setting Git up would change, and what undoing it would: by key, all values before and all values after. A key
// without values is one that is not set.

/** One key of one configuration file. */
export interface Change {
  readonly key: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** The values of a key in the file at hand, in order; none where it is not set. */
export type Current = (key: string) => readonly string[]

export interface UndoPlan {
  readonly changes: readonly Change[]
  /** Keys that somebody has changed since: theirs to keep. */
  readonly kept: readonly string[]
}

/** The only keys that are ever written, whatever a record says. */
export const SETUP_KEYS = [
  'gpg.format',
  'gpg.x509.program',
  'commit.gpgsign',
  'tag.gpgsign',
  'gitsigil.instance',
  'notes.gitsigil.mergestrategy',
  'remote.origin.fetch',
] as const
export type SetupKey = (typeof SETUP_KEYS)[number]

/** Keys whose other values are not ours: one is added to them. */
const ADDED_TO: readonly SetupKey[] = ['remote.origin.fetch']

/** One change for each key that is wanted, those that change nothing included. */
export function planSetup(wanted: Readonly<Partial<Record<SetupKey, string>>>, current: Current): readonly Change[] {
  return SETUP_KEYS.flatMap((key) => {
    const value = wanted[key]
    if (value === undefined) return []
    const before = current(key)
    const kept = ADDED_TO.includes(key) ? before.filter((one) => one !== value) : []
    return [{ key, before, after: [...kept, value] }]
  })
}

/** What fetches the notes of the remote beside ours, and joins both without a question. */
export const NOTES_SETTINGS: Readonly<Partial<Record<SetupKey, string>>> = {
  'notes.gitsigil.mergestrategy': 'cat_sort_uniq',
  'remote.origin.fetch': '+refs/notes/gitsigil:refs/notes/origin/gitsigil',
}

export function isChange({ before, after }: Change): boolean {
  return !sameValues(before, after)
}

/** The record after more changes: what stood there before the first of ours is what an undo goes back to. */
export function recordChanges(record: readonly Change[], changes: readonly Change[]): readonly Change[] {
  const merged = new Map(record.map((change) => [change.key, change]))
  for (const change of changes.filter(isChange)) {
    const earlier = merged.get(change.key)
    const before = earlier !== undefined && sameValues(earlier.after, change.before) ? earlier.before : change.before
    merged.set(change.key, { ...change, before })
  }
  return [...merged.values()]
}

/**
 * Back to what was there, but for keys that no longer have the value we gave them.
 * @param keys those that may be written, whatever the record says
 */
export function planUndo(record: readonly Change[], current: Current, keys: readonly string[] = SETUP_KEYS): UndoPlan {
  const ours = record.filter(({ key }) => keys.includes(key))
  const untouched = ours.filter(({ key, after }) => sameValues(current(key), after))
  return {
    changes: untouched.map(({ key, before, after }) => ({ key, before: after, after: before })),
    kept: ours.filter((change) => !untouched.includes(change)).map(({ key }) => key),
  }
}

function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}

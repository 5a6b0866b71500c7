// Refs that have a meaning of their own here.

/** Notes that hold further signatures of objects. */
export const NOTES_REF = 'refs/notes/gitsigil'

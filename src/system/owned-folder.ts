// Folders whose contents are believed: real ones of this user, closed to all others, below folders that others cannot
// rename. Anything else is not mended but not used: what lies in it may have been put there.
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { ownUser } from './self.ts'

/** Finds or makes `path`, and its parent where that is missing. False where it must not be used. */
export function isOwnedFolder(path: string): boolean {
  const me = ownUser()
  // Windows has no such numbers; there is no cache there.
  if (me === undefined) return false
  try {
    makeUnlessThere(dirname(path))
    makeUnlessThere(path)
    return isOurs(path, me) && isSafeAbove(realpathSync(path), me)
  } catch {
    return false
  }
}

function isOurs(path: string, me: number): boolean {
  const { mode, uid } = lstatSync(path)
  return (mode & 0o170077) === 0o040000 && uid === me
}

function isSafeAbove(path: string, me: number): boolean {
  for (let above = dirname(path); ; above = dirname(above)) {
    const { mode, uid } = lstatSync(above)
    if (uid !== 0 && uid !== me) return false
    // Open to all, and without the bit that keeps others from renaming what is not theirs.
    if ((mode & 0o1002) === 0o0002) return false
    if (above === dirname(above)) return true
  }
}

function makeUnlessThere(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, 0o700)
}

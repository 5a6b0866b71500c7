// Harmless answers for those who ask a gpg for its keys: there are none to keep, and EGit wants one listed before it signs.

import type { World } from '../system/world.ts'
import { VERSION } from '../version.ts'

/** A `pub:` line whose twelfth field has an `s` (EGit); plain listings are empty. */
export function answerListing(world: World): number {
  const key = world.args.findLast((arg) => !arg.startsWith('-')) ?? 'gitsigil'
  if (world.args.includes('--locate-keys') && world.args.includes('--with-colons')) world.write(1, colonListing(key))
  return 0
}

export function answerVersion(world: World): number {
  world.write(1, `${world.name} version ${VERSION}\n`)
  return 0
}

// Fields of GnuPG's doc/DETAILS: type, validity, length, algorithm, key id, dates, ..., capabilities.
function colonListing(key: string): string {
  const zeros = '0'.repeat(40)
  const uid = key.replace(/[^\x20-\x7e]|[:\\]/g, '_')
  return [
    `pub:u:256:19:${zeros.slice(24)}:0:::u:::scESC::::::23::0:`,
    `fpr:::::::::${zeros}:`,
    `uid:u::::0::${zeros}::${uid}::::::::::0:`,
    '',
  ].join('\n')
}

// Tells which sources dist/ was made from, so that tests never run against a build that is behind them.
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'

const SOURCES = [
  'bin/*',
  'src/**/*',
  'schema/*',
  'scripts/*',
  'package.json',
  'package-lock.json',
  'scripts/runtimes/package-lock.json',
]

/** SHA-256 over names and contents of everything that shapes a build. */
export function sourceDigest(): string {
  const hash = createHash('sha256')
  for (const path of globSync(SOURCES)
    .sort()
    .filter((path) => statSync(path).isFile()))
    hash.update(`${path}\0`).update(createHash('sha256').update(readFileSync(path)).digest())
  return hash.digest('hex')
}

// Tells which sources dist/ was made from, so that a test can say when it runs against a build that is behind them.
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'

const SOURCES = [
  'bin/*',
  'src/**/*',
  'scripts/*',
  'scripts/runtimes/package-lock.json',
  'package*.json',
  'tsconfig*.json',
]

/** SHA-256 over the names and contents of everything that shapes a build. `top` is the checkout. */
export function sourceDigest(top: string): string {
  const hash = createHash('sha256')
  for (const path of globSync(SOURCES, { cwd: top }).sort())
    if (statSync(`${top}/${path}`).isFile())
      hash.update(`${path}\0`).update(
        createHash('sha256')
          .update(readFileSync(`${top}/${path}`))
          .digest(),
      )
  return hash.digest('hex')
}

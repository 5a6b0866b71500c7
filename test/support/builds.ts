// The builds that end-to-end tests run: `describe.each(builds)`. Nothing is built here; scripts/test builds first.
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sourceDigest } from '../../scripts/stamp.ts'
import { temporaryFolder } from './folder.ts'

export interface Build {
  readonly name: 'node24' | 'node22' | 'standalone'
  /** Executable and leading arguments; the program's own arguments follow. */
  readonly command: readonly string[]
}

const top = fileURLToPath(new URL('../../', import.meta.url))
const launcher = `${top}bin/gitsigil.js`
const standalone = `${top}dist/standalone/gitsigil`

if (!existsSync(`${top}dist/stamp`)) throw new Error('dist/ is absent: run ./scripts/build first')
if (readFileSync(`${top}dist/stamp`, 'utf8') !== sourceDigest(top))
  console.warn('dist/ is behind the sources: run ./scripts/build')

/** Where the runtimes' package has nothing for this platform, its build is left out. */
export const builds: readonly Build[] = [
  { name: 'node24' as const, command: [runtime('node24'), launcher] },
  { name: 'node22' as const, command: [runtime('node22'), launcher] },
  { name: 'standalone' as const, command: [standalone] },
].filter(({ command: [executable] }) => executable !== undefined && existsSync(executable))

/** One build of each kind, for what Node's two lines cannot differ in: they are told apart by what they are made of. */
export const kinds: readonly Build[] = builds.filter(({ name }) => name !== 'node22')

/** The locked Bun; it may be absent. */
export const bun: string = runtime('bun', 'bun')

function runtime(name: string, executable = 'node'): string {
  return `${top}scripts/runtimes/node_modules/${name}-${process.platform}-${process.arch}/bin/${executable}`
}

/** Path of one executable file of that name, as `gpg.x509.program` wants it. Removed after the test file. */
export function installed(build: Build, name: 'gitsigil' | 'git-sigil' | 'gitsign' = 'gitsigil'): string {
  const folder = temporaryFolder('installed')
  const path = join(folder, name)
  const [executable = '', script] = build.command
  if (script === undefined) symlinkSync(executable, path)
  else writeWrapper(path, executable, linkTo(script, join(folder, 'linked'), name))
  return path
}

// Node tells the name by the script's path, as it does where npm links it.
function linkTo(script: string, folder: string, name: string): string {
  mkdirSync(folder)
  symlinkSync(script, join(folder, name))
  return join(folder, name)
}

function writeWrapper(path: string, executable: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\nexec '${executable}' '${script}' "$@"\n`)
  chmodSync(path, 0o755)
}

// Writes the published vectors, or with --check compares them with what the sources give.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { equalBytes } from '../src/bytes.ts'
import { fixtureFiles } from './vectors/all.ts'

const folders = ['fixtures/trusted-roots', 'fixtures/vectors']
const files = new Map([...fixtureFiles()].map(([path, bytes]) => [`fixtures/${path}`, bytes]))

if (process.argv.includes('--check')) check()
else write()

function write(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  for (const [path, bytes] of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
  }
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  console.log(`wrote ${files.size} files, ${Math.ceil(size / 1024)} KiB`)
}

function check(): void {
  const stale = [...files].filter(([path, bytes]) => !existsSync(path) || !equalBytes(readFileSync(path), bytes))
  const extra = folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => !files.has(path))
  for (const path of [...stale.map(([path]) => path), ...extra]) console.error(`not as the sources give it: ${path}`)
  process.exitCode = stale.length + extra.length > 0 ? 1 : 0
}

// A temporary folder, removed after the test file, wherever in it the folder was made.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const made: string[] = []
// Registered as the file is loaded: within a test it would be too late to be heard.
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `gitsigil-${name}-`)))
  made.push(folder)
  return folder
}

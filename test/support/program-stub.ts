// A program of another vendor for tests: an executable script on a PATH of its own.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Stub {
  /** An environment whose PATH begins with the stub. */
  readonly env: Readonly<Record<string, string>>
  /** Arguments of its last call. */
  arguments(): readonly string[]
}

/** `script`: lines of sh that run after the arguments have been written down. */
export function stubProgram(folder: string, name: string, script: string): Stub {
  const bin = join(folder, 'bin')
  const seen = join(folder, `${name}.arguments`)
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$@" > '${seen}'\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
  return { env: { PATH: `${bin}:/usr/bin:/bin` }, arguments: () => readFileSync(seen, 'utf8').trimEnd().split('\n') }
}

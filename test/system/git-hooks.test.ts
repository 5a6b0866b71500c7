import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'

const SOURCE = new URL('../../src/system/git-hooks.ts', import.meta.url).href
/** Root may execute what anybody may; so it asks as somebody else. */
const NOBODY = process.getuid?.() === 0 ? 65534 : undefined

function isExecutable(folder: string, name: string): string {
  const script = `import { isExecutable } from ${JSON.stringify(SOURCE)}
    console.log(isExecutable(${JSON.stringify(folder)}, ${JSON.stringify(name)}))`
  const args = ['--experimental-strip-types', '--no-warnings', '--input-type=module', '--eval', script]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', uid: NOBODY, cwd: '/' })
  return stdout.trim()
}

test.skipIf(process.platform === 'win32')(
  'a hook that others may execute, and this user may not, is none that Git runs',
  () => {
    const folder = temporaryFolder('executable')
    chmodSync(folder, 0o755)
    for (const [name, mode] of [['ours', 0o744] as const, ['theirs', 0o655] as const]) {
      writeFileSync(join(folder, name), '#!/bin/sh\n')
      if (NOBODY !== undefined) chownSync(join(folder, name), NOBODY, NOBODY)
      chmodSync(join(folder, name), mode)
    }
    expect(['ours', 'theirs', 'none'].map((name) => isExecutable(folder, name))).toEqual(['true', 'false', 'false'])
  },
)

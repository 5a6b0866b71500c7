import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { HookName } from '../../src/hook/name.ts'
import { encodeHookScript, KEPT_SUFFIX, parseHookScript } from '../../src/hook/script.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder('hook-script')
const UPDATES = 'a b refs/heads/main\nc d refs/heads/two\n\n'

beforeEach(() => {
  rmSync(join(folder, 'h'), { recursive: true, force: true })
  mkdirSync(join(folder, 'h'))
})

function script(path: string, body: string): string {
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

/** A program that notes its arguments and input, and ends with a status. */
function program(name: string, status = 0): string {
  const log = join(folder, 'h', 'log')
  return script(join(folder, 'h', name), `{ echo "${name.replace(/[$'"]/g, '')}:$*"; cat; } >>'${log}'; exit ${status}`)
}

function log(): string {
  return readFileSync(join(folder, 'h', 'log'), 'utf8')
}

/** As Git runs it: by a relative path, in the folder. */
function run(name: HookName, command: readonly string[], args: readonly string[] = [], env = {}) {
  const path = join(folder, 'h', name)
  writeFileSync(path, encodeHookScript({ name, command }))
  chmodSync(path, 0o755)
  return spawnSync(`h/${name}`, args, {
    cwd: folder,
    input: UPDATES,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
}

describe('a hook file', () => {
  test('gives the program the hook, its arguments and every byte of its input', () => {
    expect(run('pre-push', [program('p')], ['origin', '-x'])).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(log()).toBe(`p:hook run pre-push -- origin -x\n${UPDATES}`)
  })

  test.each(["it's", 'a b', '$HOME', '`id`', '"', '*', 'ä\u{1f600}', '-n'])('runs a program called %s', (name) => {
    expect(run('pre-receive', [program(name)]).status).toBe(0)
    expect(log()).toContain(':hook run pre-receive --')
  })

  test('takes what would load code into the program out of its environment, and out of no other', () => {
    const note = (name: string) => script(join(folder, 'h', name), `echo "${name} $NODE_OPTIONS $BUN_BE_BUN" >&2`)
    note(`pre-receive${KEPT_SUFFIX}`)
    const { stderr } = run('pre-receive', [note('p')], [], { NODE_OPTIONS: '--require=x', BUN_BE_BUN: '1' })
    expect(stderr).toBe(`p  \npre-receive${KEPT_SUFFIX} --require=x 1\n`)
  })

  test('runs the hook that was there before after ours, with the same arguments and input', () => {
    program(`pre-receive${KEPT_SUFFIX}`)
    expect(run('pre-receive', [program('p')], ['x']).status).toBe(0)
    expect(log()).toBe(`p:hook run pre-receive -- x\n${UPDATES}pre-receive${KEPT_SUFFIX}:x\n${UPDATES}`)
  })

  test.each(['pre-receive', 'update'] as const)('%s ends with the failure of the one that was there before', (name) => {
    program(`${name}${KEPT_SUFFIX}`, 7)
    expect(run(name, [program('p')]).status).toBe(7)
  })

  test('runs no other hook where ours refuses', () => {
    program(`pre-receive${KEPT_SUFFIX}`)
    expect(run('pre-receive', [program('p', 1)]).status).toBe(1)
    expect(log()).not.toContain(KEPT_SUFFIX)
  })

  test('a hook that warns goes on to the other, whatever comes of ours', () => {
    program(`post-merge${KEPT_SUFFIX}`)
    expect(run('post-merge', [program('p', 3)], ['0']).status).toBe(0)
    expect(log()).toContain(`post-merge${KEPT_SUFFIX}:0\n`)
  })

  test('leaves a kept hook alone that cannot be executed, as Git would', () => {
    writeFileSync(join(folder, 'h', `pre-receive${KEPT_SUFFIX}`), '#!/bin/sh\nexit 1\n')
    expect(run('pre-receive', [program('p')]).status).toBe(0)
  })

  test('refuses with a line where the program is gone, killed or not to be run', () => {
    const gone = run('pre-receive', ['/nowhere/gitsigil'])
    expect(gone).toMatchObject({
      status: 3,
      stderr: 'gitsigil: error: /nowhere/gitsigil is gone, so nothing can be checked\n',
    })
    expect(run('pre-receive', [script(join(folder, 'h', 'p'), 'kill -9 $$')]).status).toBe(137)
    writeFileSync(join(folder, 'h', 'q'), 'x')
    expect(run('pre-receive', [join(folder, 'h', 'q')]).status).not.toBe(0)
    expect(run('post-merge', ['/nowhere/gitsigil'])).toMatchObject({ status: 0, stderr: gone.stderr })
  })

  test('a kept hook that reads nothing does no harm, however much there is', () => {
    script(join(folder, 'h', `pre-receive${KEPT_SUFFIX}`), 'exit 0')
    const path = join(folder, 'h', 'pre-receive')
    writeFileSync(path, encodeHookScript({ name: 'pre-receive', command: [program('p')] }), { mode: 0o755 })
    const ran = spawnSync(path, { input: UPDATES.repeat(100_000), encoding: 'utf8' })
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' })
  })
})

describe('a hook file is known', () => {
  const text = encodeHookScript({ name: 'update', command: ['/usr/bin/gitsigil'] })

  test('by its header, with its name', () => {
    expect(parseHookScript(text)).toEqual({ ours: true, name: 'update', intact: true, command: ['/usr/bin/gitsigil'] })
  })

  test('as changed where somebody wrote into it', () => {
    expect(parseHookScript(`${text}echo mine\n`)).toMatchObject({ ours: true, name: 'update', intact: false })
  })

  test('by what it starts, whatever the names hold', () => {
    const command = ["/it's/a b/node", '--x', '/$HOME/`id`"\n/main.js', "/'", '']
    expect(parseHookScript(encodeHookScript({ name: 'update', command }))).toMatchObject({ intact: true, command })
  })

  test.each(['', '#!/bin/sh\ngitsigil hook run update\n', `# x\n${text}`])(
    'and not where it only looks like it',
    (other) => {
      expect(parseHookScript(other)).toEqual({ ours: false })
    },
  )
})

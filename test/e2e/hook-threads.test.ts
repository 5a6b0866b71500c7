// A push of many objects is verified by several threads, with the verdicts of one; a small one starts none.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Build, builds, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createHistory, gitIn } from '../support/history.ts'

const COMMITS = 600
const history = createHistory({ commits: COMMITS })
const ISSUER = 'https://accounts.example.com'
const everybody = Array.from({ length: 40 }, (_, at) => `${ISSUER} signer${at}@example.com`)
const line = gitIn(history, ['rev-list', '--first-parent', '--reverse', 'main']).split('\n')
const tip = line.at(-1) ?? ''
// The objects stay; what a push brings is what no ref names yet.
for (const ref of gitIn(history, ['for-each-ref', '--format=%(refname)']).split('\n'))
  gitIn(history, ['update-ref', '-d', ref])
gitIn(history, ['config', 'gitsigil.trustedRoot', join(history, 'trusted_root.json')])

interface Judged {
  readonly object: string
  readonly kind: string
  readonly judgement: { readonly level: string }
}

/** Pushes the last `count` of the line, where those before are there already. */
function push({ command: [program = '', ...first] }: Build, count: number, allowed = everybody) {
  const allow = join(temporaryFolder('push'), 'allow')
  writeFileSync(allow, allowed.map((identity) => `${identity}\n`).join(''))
  gitIn(history, ['config', '--replace-all', 'gitsigil.allow', allow])
  const from = line.at(-1 - count) ?? ''
  gitIn(history, ['update-ref', 'refs/heads/main', from])
  return spawnSync(program, [...first, 'hook', 'run', 'pre-receive'], {
    cwd: history,
    encoding: 'utf8',
    input: `${from} ${tip} refs/heads/main\n`,
  })
}

describe.each(kinds)('$name', (build) => {
  test('what is refused of a big push is what one thread refuses of it, in the same order', () => {
    expect(push(build, 500)).toMatchObject({ status: 0, stderr: '' })
    const allowed = everybody.filter((_, at) => at % 2 === 0)
    const { status, stderr } = push(build, 500, allowed)
    expect(status).toBe(1)
    const [program = '', ...first] = build.command
    const flags = ['verify', '--json', '--no-cache', '--jobs=1', `${line.at(-501)}..${tip}`]
    const ran = spawnSync(program, [...first, ...flags], { cwd: history, encoding: 'utf8' })
    const { records } = JSON.parse(ran.stdout) as { readonly records: readonly Judged[] }
    const bad = records.flatMap(({ object, kind, judgement }) =>
      kind !== 'mergetag' && judgement.level !== 'allowed' ? [object.slice(0, 12)] : [],
    )
    const named = [...stderr.matchAll(/^ {2}commit ([0-9a-f]{12}) /gm)].map(([, oid]) => oid)
    expect(named.length).toBeGreaterThan(2)
    expect(named).toEqual(bad.slice(0, named.length))
  })
})

const node = builds.find(({ name }) => name === 'node24')

describe.skipIf(node === undefined || availableParallelism() < 2)('without the file that a thread starts from', () => {
  const top = temporaryFolder('threadless')
  for (const folder of ['bin', 'dist']) {
    mkdirSync(join(top, folder))
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.js') && name !== 'history-thread.js'))
      copyFileSync(join(folder, file), join(top, folder, file))
  }
  copyFileSync('package.json', join(top, 'package.json'))
  const threadless: Build = { name: 'node24', command: [node?.command[0] ?? '', join(top, 'bin/gitsigil.js')] }

  test('a push of two hundred passes: it needs none', () => {
    expect(push(threadless, 200)).toMatchObject({ status: 0, stderr: '' })
  })

  test('a push of five hundred is refused: what was not verified does not pass', () => {
    const { status, stderr } = push(threadless, 500)
    expect(status).toBe(1)
    expect(stderr.replace(/\n {4,}/g, ' ')).toContain('could not be checked: not verified: a thread ended')
  })
})

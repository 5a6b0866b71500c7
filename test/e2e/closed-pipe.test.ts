// What is printed into a pipe that nobody reads any more, as behind `head`: no word of it, and a status that is no 0.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builds } from '../support/builds.ts'
import { createRepository, type Repository, runProgram } from '../support/repository.ts'

// The pipe is real, and its reader has come and gone before the program starts.
const UNREAD = 'rm -f unread && mkfifo unread && { : <unread & } && exec 3>unread && wait && exec "$@"'
const COUNT = 1500

/** Unsigned commits: a rejection each. */
function unsigned(count: number): Repository {
  const repository = createRepository()
  const commits = Array.from(
    { length: count },
    (_, at) => `commit refs/heads/main\ncommitter Alice <alice@example.com> ${1_700_000_000 + at} +0000\ndata 1\nx\n`,
  )
  repository.git(['fast-import', '--quiet'], commits.join(''))
  return repository
}

const few = unsigned(3)
const many = unsigned(COUNT)

const intoUnread = (command: readonly string[], redirection: string) =>
  runProgram(['sh', '-c', `${UNREAD} ${redirection}`, 'sh', ...command], { cwd: few.path })

describe.each(builds)('a pipe that nobody reads, $name', ({ command }) => {
  test.each([
    [['help']],
    [['verify', '--json']],
    [['verify', '--all']],
    [['verify', '--all', '--format', 'json']],
    [['log', '--help']],
  ])('ends %j quietly, with the status of what a closed pipe ended', async (args) => {
    const ran = await intoUnread([...command, ...args], '>&3 3>&-')
    expect(ran).toEqual({ status: 141, stdout: '', stderr: '' })
  })

  test('ends what is told on stderr no less quietly, and writes no document of it', async () => {
    const ran = await intoUnread([...command, 'verify', '--json'], '2>&3 3>&-')
    expect(ran.status).toBe(141)
    expect(ran.stdout).not.toContain('"fault"')
  })

  test.each([[['nosuch']], [['verify', '--nosuch']], [['help', 'nosuch']], [['--nosuch']]])(
    'is no bug where the fault of %j is told into it',
    async (args) => {
      const ran = await intoUnread([...command, ...args], '2>&3 3>&-')
      expect(ran).toEqual({ status: 141, stdout: '', stderr: '' })
    },
  )

  test('ends Git’s door as quietly, once people are told of the signature', async () => {
    writeFileSync(join(few.path, 'signature'), 'none')
    const ran = await intoUnread([...command, '--status-fd=1', '--verify', 'signature', 'signature'], '>&3 3>&-')
    expect(ran).toEqual({ status: 141, stdout: '', stderr: expect.stringMatching(/^gitsigil: [^\n]*format[^\n]*\n$/) })
  })

  test('leaves reports in files whole', async () => {
    const files = ['json', 'junit'].map((form) => `--report=${form}=${form}`)
    const ran = await intoUnread([...command, 'verify', '--all', '--no-cache', '--format=text', ...files], '>&3 3>&-')
    expect(ran).toEqual({ status: 141, stdout: '', stderr: '' })
    expect(JSON.parse(readFileSync(join(few.path, 'json'), 'utf8'))).toMatchObject({ summary: { exit: 1 } })
    expect(readFileSync(join(few.path, 'junit'), 'utf8')).toMatch(/<\/testsuites>\n$/)
  })

  test('that head has read a line of ends a long run before its end', async () => {
    const script = '{ "$@"; echo "status $?" >&2; } | head -n 1'
    const args = ['verify', '--all', '--no-cache', '--format', 'jsonl']
    const ran = await runProgram(['sh', '-c', script, 'sh', ...command, ...args], { cwd: many.path })
    expect(ran.stderr).toBe('status 141\n')
    expect(ran.stdout).toMatch(/^\{"type":"header".*\}\n$/)
  })
})

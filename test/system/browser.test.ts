import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commandFor, findBrowser } from '../../src/system/browser.ts'

const url = 'https://issuer.test/auth?a=1&b=$(id)'
const cwd = tmpdir()

describe('a browser', () => {
  test.each<[string, string, Readonly<Record<string, string>>, boolean]>([
    ['a Linux display', 'linux', { DISPLAY: ':0' }, true],
    ['a Wayland display', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['no display', 'linux', {}, false],
    ['SSH', 'linux', { SSH_CONNECTION: '1 2 3 4' }, false],
    ['SSH with a forwarded display', 'linux', { SSH_CONNECTION: '1 2 3 4', DISPLAY: 'localhost:10.0' }, true],
    ['WSL', 'linux', { WSL_DISTRO_NAME: 'Debian' }, true],
    ['SSH into WSL', 'linux', { WSL_DISTRO_NAME: 'Debian', SSH_CONNECTION: '1 2 3 4' }, false],
    ['a Mac', 'darwin', {}, true],
    ['SSH into a Mac', 'darwin', { SSH_TTY: '/dev/ttys0' }, false],
    ['Windows', 'win32', {}, true],
    ['SSH into Windows', 'win32', { SSH_CLIENT: '1 2 3' }, false],
    ['a text browser and no display', 'linux', { BROWSER: 'w3m' }, false],
    ['a remote editor', 'linux', { SSH_CONNECTION: '1 2 3 4', VSCODE_IPC_HOOK_CLI: '/x', BROWSER: '/helper' }, true],
  ])('where there is %s', (_, platform, env, isThere) => {
    expect(findBrowser({ platform, env, cwd }) !== undefined).toBe(isThere)
  })

  test('is what the configuration names, wherever this is', () => {
    expect(findBrowser({ platform: 'linux', env: { SSH_CONNECTION: '1' }, cwd }, 'firefox')).toBeDefined()
  })
})

describe("urlOpener's words", () => {
  test.each<[string, readonly string[]]>([
    ['firefox {{.URL}}', ['firefox', url]],
    ['firefox --new-tab={{ .URL }} --wait', ['firefox', `--new-tab=${url}`, '--wait']],
    ['open -a "Google Chrome" {{.URL}}', ['open', '-a', 'Google Chrome', url]],
    ["sh -c 'echo \"$0\" > /dev/null' '{{.URL}}'", ['sh', '-c', 'echo "$0" > /dev/null', url]],
    ['/opt/my\\ browser {{.URL}}', ['/opt/my browser', url]],
    ['firefox', ['firefox', url]],
    ['a "" $HOME `id` ; b', ['a', '', '$HOME', '`id`', ';', 'b', url]],
  ])('%s', (template, words) => {
    expect(commandFor(template, url, 'linux')).toEqual(words)
  })

  test('a backslash is part of a path under Windows', () => {
    expect(commandFor('"C:\\Program Files\\b.exe" C:\\x {{.URL}}', url, 'win32')).toEqual([
      'C:\\Program Files\\b.exe',
      'C:\\x',
      url,
    ])
  })

  test.each(['firefox "{{.URL}}', "it's", ' '])('what cannot be read is a fault: %j', (template) => {
    expect(() => commandFor(template, url, 'linux')).toThrow('urlOpener: not a command')
  })
})

describe('the command', () => {
  function script(lines: string) {
    const folder = mkdtempSync(join(tmpdir(), 'gitsigil-opener-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const path = join(folder, 'opener')
    writeFileSync(path, `#!/bin/sh\n${lines}\n`)
    chmodSync(path, 0o755)
    return { path, folder }
  }

  test('gets the page as one word, and none of our descriptors', async () => {
    const { path, folder } = script('echo "$1" > "$OUT.tmp"; ls -l /proc/self/fd >> "$OUT.tmp"; mv "$OUT.tmp" "$OUT"')
    const out = join(folder, 'out')
    const env = { PATH: process.env['PATH'], OUT: out }
    await findBrowser({ platform: 'linux', env, cwd: folder }, `${path} {{.URL}}`)?.(url)
    await expect.poll(() => readFileSync(out, 'utf8'), { timeout: 30_000 }).toContain(`${url}\n`)
    const open = [...readFileSync(out, 'utf8').matchAll(/ (\d+) -> (\S+)/g)].filter(([, fd]) => Number(fd) < 3)
    expect(open.map(([, , target]) => target)).toEqual(['/dev/null', expect.stringContaining('out.tmp'), '/dev/null'])
  })

  test('that is not there rejects', async () => {
    const open = findBrowser({ platform: 'linux', env: {}, cwd }, '/nowhere/browser {{.URL}}')
    await expect(open?.(url)).rejects.toThrow('ENOENT')
  })
})

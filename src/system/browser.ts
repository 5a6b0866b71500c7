// Opening a page where somebody can see it. No shell takes part, and no child inherits a descriptor: what a browser
// chatters on stdout would become part of the signature that Git reads there.
import { resolve } from 'node:path'
import { Fault } from '../errors.ts'
import type { World } from './world.ts'

/** Opens a page; rejects where nothing could be started. */
export type OpenBrowser = (url: string) => Promise<void>

type Surroundings = Pick<World, 'env' | 'platform' | 'cwd'>

/**
 * How to open a page here, or undefined where a browser would be on another machine than the person, or nowhere.
 * @param template the command that opens it, with `{{.URL}}` in it
 */
export function findBrowser(world: Surroundings, template?: string): OpenBrowser | undefined {
  if (template !== undefined && template !== '') return commandOpener(template, world)
  const { env, platform } = world
  // A remote editor's terminal: its helper opens the page at the person's side, and forwards the port.
  if (env['VSCODE_IPC_HOOK_CLI'] && env['BROWSER']) return commandOpener(env['BROWSER'], world)
  const isRemote = ['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'].some((name) => env[name])
  if (platform === 'darwin' || platform === 'win32') return isRemote ? undefined : openByDefault
  const hasDisplay = Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])
  const isWsl = Boolean(env['WSL_DISTRO_NAME'] || env['WSL_INTEROP'])
  return hasDisplay || (isWsl && !isRemote) ? openByDefault : undefined
}

/**
 * The words of a command: split at blanks, quotes kept together, nothing expanded. `{{.URL}}` becomes the page within
 * its word; a command without it gets the page as its last word. Throws `config` for a quote that is not closed.
 */
export function commandFor(template: string, url: string, platform: string): readonly string[] {
  const words = splitWords(template, platform !== 'win32')
  const place = /\{\{\s*\.URL\s*\}\}/g
  const command = words.map((word) => word.replace(place, () => url))
  return words.some((word) => word.search(place) >= 0) ? command : [...command, url]
}

// A bare name is looked up from the root: Windows would look in the work tree before the PATH.
function commandOpener(template: string, { env, platform, cwd }: Surroundings): OpenBrowser {
  return async (url) => {
    const { spawn } = await import('node:child_process')
    const [program = '', ...args] = commandFor(template, url, platform)
    const at = /[\\/]/.test(program) ? cwd : resolve('/')
    const child = spawn(program, args, { cwd: at, env: { ...env }, stdio: 'ignore', detached: true, windowsHide: true })
    await new Promise((done, reject) => child.once('spawn', done).once('error', reject))
    child.unref()
  }
}

async function openByDefault(url: string): Promise<void> {
  const { default: open } = await import('open')
  const child = await open(url)
  child.unref()
}

// Blanks inside `{{ .URL }}` are no end of a word. Under Windows a backslash is part of a path.
function splitWords(template: string, escapes: boolean): readonly string[] {
  const word = escapes
    ? /(?:\{\{[^}]*\}\}|"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs
    : /(?:\{\{[^}]*\}\}|"[^"]*"|'[^']*'|[^\s"'])+/gs
  const words = template.match(word) ?? []
  if (words.length === 0 || template.replace(word, '').trim() !== '')
    throw new Fault('config', `urlOpener: not a command: ${JSON.stringify(template.slice(0, 200))}`, {
      hint: "for example: firefox '{{.URL}}'",
    })
  return words.map((each) => unquote(each, escapes))
}

function unquote(word: string, escapes: boolean): string {
  return word.replace(
    escapes ? /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs : /"([^"]*)"|'([^']*)'/g,
    (_all, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
      double !== undefined ? (escapes ? double.replace(/\\(["\\$`])/g, '$1') : double) : (single ?? escaped ?? ''),
  )
}

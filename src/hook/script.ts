// The file that Git runs: a few lines of shell that start the program by its absolute path, feed it what Git says, and
// then run the hook that stood there before. Fail closed: a program that is gone or dies refuses.
import { hash } from 'node:crypto'
import { quoteShell, unquoteShell } from '../quote.ts'
import { HOOKS, type HookName, isHookName } from './name.ts'

export interface HookScript {
  readonly name: HookName
  /** Executable, its leading arguments; each path absolute. */
  readonly command: readonly string[]
}

/** Added to the name of a hook that was there before, beside ours. */
export const KEPT_SUFFIX = '.before-gitsigil'

/** What would load code into the program, or make it another one; a pusher may have a say in the environment. */
const LOADING =
  'NODE_OPTIONS NODE_PATH NODE_COMPILE_CACHE BUN_BE_BUN BUN_OPTIONS BUN_INSPECT BUN_INSPECT_PRELOAD ' +
  'OPENSSL_CONF OPENSSL_MODULES'
const EXEC = /^ {2}exec (.*) hook run [a-z-]+ -- "\$@"$/ms
const HEADER = /^#!\/bin\/sh\n# gitsigil hook ([a-z-]+) ([0-9a-f]{32})\n/

export function encodeHookScript({ name, command }: HookScript): string {
  const body = [...opening(name, command), ...(HOOKS[name].reads ? fed(name) : unfed(name)), ''].join('\n')
  return `#!/bin/sh\n# gitsigil hook ${name} ${digestOf(body)}\n${body}`
}

/** Whether a file is one of ours, and as it was made. */
export type Found =
  | { readonly ours: false }
  | {
      readonly ours: true
      readonly name: HookName
      readonly intact: boolean
      /** What it starts; empty where its lines do not say so. */
      readonly command: readonly string[]
    }

/** Known by the header alone: a file that somebody changed since is ours still, but no longer ours to remove. */
export function parseHookScript(text: string): Found {
  const [header = '', name = '', digest] = HEADER.exec(text) ?? []
  if (!isHookName(name)) return { ours: false }
  const [, command = ''] = EXEC.exec(text) ?? []
  return { ours: true, name, intact: digestOf(text.slice(header.length)) === digest, command: unquoteShell(command) }
}

function opening(name: HookName, command: readonly string[]): readonly string[] {
  const files = command.filter((word) => word.startsWith('/') || /^[A-Za-z]:/.test(word))
  return [
    '# Made by `gitsigil hook install`; `gitsigil hook uninstall` takes it away and puts back what was here before.',
    `before="$0${KEPT_SUFFIX}"`,
    'gitsigil() (',
    `  for file in ${files.map(quoteShell).join(' ')}; do`,
    '    [ -e "$file" ] || { echo "gitsigil: error: $file is gone, so nothing can be checked" >&2; exit 3; }',
    '  done',
    `  unset ${LOADING}`,
    `  exec ${command.map(quoteShell).join(' ')} hook run ${name} -- "$@"`,
    ')',
  ]
}

// The dot keeps the last line feeds, which the shell would drop. Both hooks read the same; the one before need not.
function fed(name: HookName): readonly string[] {
  return [
    'input=$(cat && echo .) || exit 3',
    `printf %s "\${input%.}" | gitsigil "$@" || ${onFailure(name)}`,
    '[ -x "$before" ] || exit 0',
    `printf %s "\${input%.}" 2>/dev/null | "$before" "$@"`,
  ]
}

function unfed(name: HookName): readonly string[] {
  return [`gitsigil "$@" || ${onFailure(name)}`, '[ -x "$before" ] || exit 0', 'exec "$before" "$@"']
}

function onFailure(name: HookName): string {
  return HOOKS[name].kind === 'warn' ? ':' : 'exit'
}

function digestOf(body: string): string {
  return hash('sha256', body, 'hex').slice(0, 32)
}

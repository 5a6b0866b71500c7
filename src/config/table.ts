// The option table as rows, for the README and the help.
import type { Option } from './option.ts'
import { OPTIONS } from './options.ts'

export interface OptionRow {
  /** Git config keys, the first wins. */
  readonly keys: readonly string[]
  readonly env: readonly string[]
  readonly flag: string | undefined
  readonly form: string
  readonly shown: string
  readonly help: string
}

export function optionRows(): readonly OptionRow[] {
  return Object.entries<Option<unknown>>(OPTIONS).map(([name, { sections, env, flag, form, shown, help }]) => ({
    keys: sections.map((section) => `${section}.${name}`),
    env,
    flag: flag === undefined ? undefined : `--${flag}`,
    form,
    shown,
    help,
  }))
}

/** A Markdown table, one line an option. */
export function optionTable(): string {
  const cells = optionRows().map(({ keys, env, flag, form, shown, help }) => [
    code(...keys),
    code(...env),
    flag === undefined ? '' : code(flag),
    code(form.replaceAll('|', '\\|')),
    shown === '' ? '' : code(shown),
    help,
  ])
  const head = ['git config', 'environment', 'flag', 'value', 'default', 'meaning']
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |\n`).join('')
}

function code(...words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(' ')
}

// `help [COMMAND]`: the commands, and with a command its flags; `help options` prints the option table.

import { Misspelt } from '../errors.ts'
import type { World } from '../system/world.ts'
import { type FlagSpec, parseFlags } from './flags.ts'
import { TOPICS } from './topics.ts'

export async function helpCommand(world: World, args: readonly string[]): Promise<number> {
  const [name] = parseFlags(
    args.filter((arg) => arg !== '--help' && arg !== '-h'),
    {},
  ).operands
  if (name === undefined) world.write(1, overview(world.name))
  else if (name === 'options') world.write(1, await optionsText())
  else world.write(1, await topicText(world, name))
  return 0
}

/** Of what is no command. */
export function unknownCommand({ name }: Pick<World, 'name'>, word: string): Misspelt {
  const hint = `${name} help lists them`
  return new Misspelt(`unknown command ${JSON.stringify(word)}`, { word, known: Object.keys(TOPICS), hint })
}

function overview(name: string): string {
  const rows = Object.values(TOPICS).map(({ usage, about }) => [usage, about] as const)
  return [
    `usage: ${name} COMMAND [flags]`,
    '',
    ...columns(rows),
    '',
    'Git calls it to sign and to verify:',
    '  git config --global gpg.format x509',
    `  git config --global gpg.x509.program ${name}`,
    '',
    'exit status: 0 accepted or done, 1 rejected, 2 usage or configuration, 3 could not be checked or done, 130 interrupted,',
    '141 if nobody reads what is printed',
    '',
  ].join('\n')
}

async function topicText(world: World, topic: string): Promise<string> {
  const found = Object.hasOwn(TOPICS, topic) ? TOPICS[topic] : undefined
  if (found === undefined) throw unknownCommand(world, topic)
  const flags = Object.entries(await found.flags())
  const rows = flags.map(([flag, spec]) => [flagText(flag, spec), spec.help] as const)
  return [
    `usage: ${world.name} ${found.usage}`,
    '',
    found.about,
    ...(rows.length > 0 ? ['', ...columns(rows)] : []),
    '',
  ].join('\n')
}

async function optionsText(): Promise<string> {
  const { optionRows } = await import('../config/table.ts')
  return optionRows()
    .map(({ keys, env, flag, form, shown, help }) => {
      const standard = shown === '' ? '' : ` (default ${shown})`
      const places = [...keys, ...env, ...(flag === undefined ? [] : [flag])].join(', ')
      return `${places}\n    ${form}: ${help}${standard}\n`
    })
    .join('')
}

function flagText(flag: string, { kind, short, value }: FlagSpec): string {
  const letter = short === undefined ? '' : `-${short}, `
  return `${letter}--${flag}${kind === 'switch' ? '' : ` ${value ?? 'VALUE'}`}`
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

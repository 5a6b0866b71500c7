// What `setup` says: the changes as a table, before they are made, and what comes next.
import type { Change } from '../setup/plan.ts'
import { isChange } from '../setup/plan.ts'
import type { World } from '../system/world.ts'
import { escapeJson, escapeText } from '../tell.ts'
import type { Place } from './setup-record.ts'

/** What is to be done, before it is. */
export interface SetupPlan {
  readonly place: Place
  readonly undo: boolean
  readonly changes: readonly Change[]
  /** Keys that an undo leaves alone, because somebody changed them since. */
  readonly kept: readonly string[]
}

export function planText(plan: SetupPlan): string {
  const { changes, kept } = plan
  if (plan.undo && changes.length === 0 && kept.length === 0)
    return `${where(plan)}: there is nothing to undo, setup changed nothing here\n`
  const rows = changes.map((change) => [change.key, shown(change.before), isChange(change) ? shown(change.after) : ''])
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? '').length), 0)
  const lines = rows.map(([key = '', before = '', after = '']) =>
    after === ''
      ? `  ${key.padEnd(width(0))}  ${before}  (stays)`
      : `  ${key.padEnd(width(0))}  ${before.padEnd(width(1))}  ->  ${after}`,
  )
  const left = kept.map((key) => `  ${key} was changed since by somebody else: it stays as it is`)
  return [`${where(plan)}:`, ...lines, ...left, ''].join('\n')
}

export function askText({ undo, changes }: SetupPlan): string {
  const count = changes.filter(isChange).length
  return `${undo ? 'Take back' : 'Make'} ${count === 1 ? 'this change' : `these ${count} changes`}? [y/N] `
}

export function doneText(world: Pick<World, 'name'>, plan: SetupPlan, made: boolean): string {
  const back = `${world.name} setup --undo${plan.place.scope === 'global' ? ' --global' : ''}`
  if (!plan.changes.some(isChange)) return plan.undo ? '' : 'everything is set up already\n'
  if (!made) return 'nothing was changed\n'
  if (plan.undo) return 'done: as it was before\n'
  return [
    'done: Git signs every commit and tag with it from now on',
    `next: ${world.name} doctor checks that all is well`,
    `      ${world.name} login logs in ahead of the first commit, where there is a keychain to keep it`,
    `undo: ${back}`,
    '',
  ].join('\n')
}

export function setupJson({ place, undo, changes, kept }: SetupPlan, made: boolean): string {
  const { scope, folder } = place
  const document = { version: 1, scope, ...(folder === undefined ? {} : { folder }), undo, made, changes, kept }
  return `${escapeJson(JSON.stringify(document))}\n`
}

function where({ place: { folder } }: SetupPlan): string {
  return folder === undefined
    ? 'all of your repositories'
    : `the repository ${escapeText(folder.replace(/\/\.git$/, ''))}`
}

function shown(values: Change['before']): string {
  return values.length === 0 ? '(not set)' : values.map(escapeText).join(', ')
}

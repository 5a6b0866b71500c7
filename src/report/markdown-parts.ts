// The parts that Markdown of ours is made of. Whatever comes from outside is text in them, and nothing else.
import { escapeText } from '../tell.ts'

const MAX_TEXT = 300

export function table(names: readonly string[], rows: readonly string[]): string {
  return rows.length === 0 ? '' : [row(...names), row(...names.map(() => '---')), ...rows, ''].join('\n')
}

export function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

// Inside `code` elements nobody is mentioned and no issue is linked.
export function code(text: string): string {
  return text === '' ? '' : `<code>${escapeMarkdown(text)}</code>`
}

/** Every ASCII character that is neither letter, digit nor space, as a character reference: text, whatever surrounds it. */
export function escapeMarkdown(text: string): string {
  const shown = escapeText(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text)
  return shown.replace(/[!-/:-@[-`{-~]/g, (char) => `&#${char.charCodeAt(0)};`)
}

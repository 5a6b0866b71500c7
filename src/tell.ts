// What is told to people: faults as one line and a hint, bugs as bugs; and every foreign character made harmless.
import { Fault } from './errors.ts'
import type { World } from './system/world.ts'

// Controls, line separators, lone surrogates, bidi and zero-width characters (all of them "default ignorable").
const UNSAFE = '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb'
// Nearly all that is told is plain; looking up Unicode properties costs a start-up more than a verification may take.
const PLAIN = /^[\x20-\x24\x26-\x7e]*$/
const PLAIN_JSON = /^[\n\x20-\x7e]*$/
const unsafeText = () => new RegExp(`[${UNSAFE}]`, 'gu')
const unsafeField = () => new RegExp(`[${UNSAFE}%]`, 'gu')

/** Text from outside, for a line that people read: what could move the cursor or hide is shown as `\u{...}`. */
export function escapeText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(unsafeText(), (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
}

/** Text from outside, for a status line: percent-encoded UTF-8, so that a certificate cannot write a line of its own. */
export function escapeField(text: string): string {
  return PLAIN.test(text) ? text : text.replace(unsafeField(), percent)
}

/** JSON text, for a terminal too: the same characters as JSON's own escapes. Line feeds between members stay. */
export function escapeJson(json: string): string {
  return PLAIN_JSON.test(json)
    ? json
    : json.replace(unsafeText(), (char) => (char === '\n' ? char : unicodeEscapes(char)))
}

/** `gitsigil: error: ...` and its hint for a fault; a bug is called one, so that nobody takes it for a bad signature. */
export function tellFailure(world: Pick<World, 'name' | 'env'>, thrown: unknown): string {
  const line = (kind: string, text: string) => `${world.name}: ${kind}: ${escapeText(text)}\n`
  if (thrown instanceof Fault)
    return line('error', thrown.message) + (thrown.hint === undefined ? '' : line('hint', thrown.hint))
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  const stack = world.env['GITSIGIL_DEBUG'] && thrown instanceof Error ? `${thrown.stack}\n` : ''
  return line('bug', what) + line('hint', 'please report it; GITSIGIL_DEBUG=1 shows where it happened') + stack
}

function unicodeEscapes(char: string): string {
  return Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  )
}

function percent(char: string): string {
  return Array.from(
    new TextEncoder().encode(char),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('')
}

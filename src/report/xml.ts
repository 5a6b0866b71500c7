// Text from outside inside XML and HTML: markup is escaped, and what neither may hold, or what hides, is shown.
import { escapeText } from '../tell.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For element content and for attributes in either kind of quotes. */
export function escapeMarkup(text: string): string {
  // Two noncharacters that XML 1.0 refuses and that no escape of a terminal needs.
  const shown = escapeText(text).replace(/[\ufffe\uffff]/g, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`)
  return shown.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '')
}

// What people read about one bundle.
import { escapeText } from '../tell.ts'
import type { KeyVerdict } from '../verify/verdict.ts'
import type { Accepted } from './assessment.ts'

/** For a bundle whose signature is good; whether its signer is the right one, the judgement says. */
export function acceptedBundleText(name: string, { verdict }: Accepted): string {
  const { subject, issuer } = verdict.signer.identity
  return lines(...entryLines(verdict), `${name}: Good signature from [${subject}](${issuer})`)
}

export function acceptedKeyText(
  name: string,
  verdict: Extract<KeyVerdict, { readonly ok: true }>,
  key: string,
): string {
  return lines(...entryLines(verdict), `${name}: Good signature by the key ${key}`)
}

function entryLines({ entry }: Pick<Extract<KeyVerdict, { readonly ok: true }>, 'entry'>): readonly string[] {
  return [`tlog index: ${entry.logIndex}`]
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${escapeText(text)}\n`).join('')
}

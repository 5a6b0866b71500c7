// Allow lists: lines of `ISSUER SUBJECT`, matched exactly. An identity is the triple (instance, issuer, subject), so a
// line speaks of the default instance unless it begins with `instance=NAME`: or any partner's CA could write anybody's name.
import { Fault } from '../errors.ts'
import type { Signer } from '../verify/verdict.ts'
import type { Judgement } from './judgement.ts'

export interface AllowEntry {
  /** Undefined: the default instance. */
  readonly instance?: string
  readonly issuer: string
  readonly subject: string
}

/** Reads one line. Throws `config` naming `source` for anything but `[instance=NAME] ISSUER SUBJECT`. */
export function parseAllowEntry(line: string, source: string): AllowEntry {
  const match = /^(?:instance=([a-z0-9][a-z0-9-]*) +)?(https?:\/\/[^\s]+) +([^\s](?:.*[^\s])?)$/.exec(line.trim())
  const [, instance, issuer, subject] = match ?? []
  if (issuer === undefined || subject === undefined)
    throw new Fault('config', `${source}: expected ISSUER SUBJECT`, {
      hint: 'for example https://accounts.google.com alice@example.com',
    })
  return instance === undefined ? { issuer, subject } : { instance, issuer, subject }
}

/** Reads a file of such lines; empty lines and lines that begin with `#` are skipped. */
export function parseAllowFile(text: string, source: string): readonly AllowEntry[] {
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim()
    return trimmed === '' || trimmed.startsWith('#') ? [] : [parseAllowEntry(trimmed, `${source}:${index + 1}`)]
  })
}

/**
 * Judges a signer by an allow list.
 * @param instance the instance whose CA issued the certificate
 * @param defaultInstance the instance that entries without a name speak of
 */
export function judge<Who extends Pick<Signer, 'identity'>>(
  signer: Who,
  allow: readonly AllowEntry[],
  instance: string,
  defaultInstance: string,
): Judgement<Who> {
  const { issuer, subject } = signer.identity
  const found = allow.find(
    (entry) => (entry.instance ?? defaultInstance) === instance && entry.issuer === issuer && entry.subject === subject,
  )
  if (found !== undefined) return { signer, instance, level: 'allowed', rule: `allow ${found.issuer} ${found.subject}` }
  const rule =
    allow.length === 0 ? 'no allowed identities are configured' : 'the identity is not among the allowed ones'
  return { signer, instance, level: 'unknown', rule }
}

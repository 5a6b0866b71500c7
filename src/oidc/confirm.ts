// Before anything is published for ever: is this who should sign, and does the person know what the world will read?
// Decided on the token, whose claims the CA repeats; the certificate is compared again when it comes.
import { Fault } from '../errors.ts'
import { escapeText } from '../tell.ts'
import { type ExpectedIdentity, expectedIdentity } from './expected-identity.ts'
import type { IdentityToken } from './token.ts'

/** An identity that somebody may sign as here; of any issuer where none is named. */
export interface WantedIdentity {
  readonly issuer?: string
  readonly subject: string
}

export interface Wanted {
  /** None: anybody. */
  readonly identities: readonly WantedIdentity[]
  /** matchCommitter: the person that Git is configured with. */
  readonly committer?: { readonly name: string; readonly email: string }
}

export type ConfirmMode = 'true' | 'false' | 'always'

export interface ConfirmPorts {
  /** Whether this line was confirmed before. */
  isKnown(line: string): boolean
  remember(line: string): void
  tell(text: string): void
  /** What the person at the terminal answers; undefined where there is none. */
  readonly ask?: ((question: string) => Promise<string | undefined>) | undefined
}

/** Reads `SUBJECT` or `ISSUER SUBJECT`. */
export function parseWanted(text: string): WantedIdentity {
  const [, issuer, subject] = /^(https?:\/\/\S+)\s+(\S.*)$/.exec(text.trim()) ?? []
  return issuer === undefined || subject === undefined ? { subject: text.trim() } : { issuer, subject }
}

/** Throws `identity` where somebody else would sign. Fulcio and Rekor have not been asked yet. */
export function checkWanted(token: IdentityToken, { identities, committer }: Wanted): void {
  const expected = expectedIdentity(token)
  if (committer !== undefined && expected.type !== 'username') checkCommitter(expected, committer)
  const isWanted = ({ issuer, subject }: WantedIdentity) =>
    subject === expected.subject && (issuer === undefined || issuer === expected.issuer)
  if (identities.length === 0 || identities.some(isWanted)) return
  const names = identities.map(({ issuer, subject }) => (issuer === undefined ? subject : `${issuer} ${subject}`))
  throw new Fault(
    'identity',
    `the identity ${expected.subject} (${expected.issuer}) is not the one to sign as: ${names.join(', ')}`,
    { hint: 'sign in as that one, or change gitsigil.identity' },
  )
}

/** gitsign's matchCommitter: an address is user.email, a URI user.name, exactly. */
function checkCommitter(expected: ExpectedIdentity, { name, email }: NonNullable<Wanted['committer']>): void {
  const person = expected.type === 'email' ? email : name
  if (expected.subject === person) return
  throw new Fault(
    'identity',
    `the identity ${expected.subject} is not the committer ${person || '(none configured)'}`,
    {
      hint: 'matchCommitter asks for this: set user.email or user.name, or sign in as somebody else',
    },
  )
}

/**
 * Shows a person, once for each new identity, what everybody will be able to read, and asks where there is a terminal.
 * Where nobody can answer it is shown all the same; `always` refuses there, `false` says nothing.
 * @throws `identity` where the person declines
 */
export async function confirmIdentity(
  token: IdentityToken,
  instance: { readonly instance: string; readonly mode: ConfirmMode },
  ports: ConfirmPorts,
): Promise<void> {
  await confirmName(expectedIdentity(token), instance, ports)
}

/** The same for an identity that has its certificate already. */
export async function confirmName(
  { issuer, subject }: Pick<ExpectedIdentity, 'issuer' | 'subject'>,
  { instance, mode }: { readonly instance: string; readonly mode: ConfirmMode },
  ports: ConfirmPorts,
): Promise<void> {
  const line = `${instance} ${issuer} ${subject}`
  if (mode === 'false' || ports.isKnown(line)) return
  ports.tell(noticeText(subject, issuer, instance))
  const answer = await ports.ask?.('gitsigil: publish it and sign? [y/N] ')
  if (answer === undefined && mode === 'always') throw declined('nobody confirmed that')
  if (answer !== undefined && !/^\s*(?:y|yes)\s*$/i.test(answer)) throw declined('you did not want')
  ports.remember(line)
}

function noticeText(subject: string, issuer: string, instance: string): string {
  return `gitsigil: this name and issuer will be public for ever, in each signature and in the logs of ${escapeText(instance)}:

    ${escapeText(subject)}
    ${escapeText(issuer)}

`
}

function declined(who: string): Fault {
  return new Fault('identity', `${who} this identity published; nothing was`, {
    hint: 'sign in as somebody else, or set gitsigil.confirmIdentity to false',
  })
}

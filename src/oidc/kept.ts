// The names under which logins are kept in the keychain: `INSTANCE ISSUER SUBJECT`, one item an identity, so that a person
// who looks into the keychain knows what each is.

/** A login that is kept. The issuer is the one to log in at, not the one in the certificate. */
export interface KeptLogin {
  readonly instance: string
  readonly issuer: string
  readonly subject: string
}

/** What a signer is configured for. */
export interface KeptWanted {
  readonly instance: string
  readonly issuer: string
  /** Identities to prefer, best first: the configured ones, then the committer's address. */
  readonly subjects: readonly string[]
  /** Nobody else will do. */
  readonly strict: boolean
}

export function encodeAccount({ instance, issuer, subject }: KeptLogin): string {
  return `${instance} ${issuer} ${subject}`
}

/** Undefined for an item that some other version or program left there. */
export function parseAccount(account: string): KeptLogin | undefined {
  const [, instance, issuer, subject] = /^([a-z0-9-]+) (\S+) (\S.*)$/s.exec(account) ?? []
  return instance === undefined || issuer === undefined || subject === undefined
    ? undefined
    : { instance, issuer, subject }
}

/** Logins of this instance and issuer. */
export function keptFor(
  accounts: readonly string[],
  wanted: Pick<KeptWanted, 'instance' | 'issuer'>,
): readonly KeptLogin[] {
  return accounts
    .flatMap((account) => parseAccount(account) ?? [])
    .filter(({ instance, issuer }) => instance === wanted.instance && sameUrl(issuer, wanted.issuer))
}

/**
 * The one to use: the first that is wanted, else the only one where anybody will do; undefined where there is none or it
 * would be a guess.
 */
export function chooseKept(accounts: readonly string[], wanted: KeptWanted): KeptLogin | undefined {
  const kept = keptFor(accounts, wanted)
  const preferred = wanted.subjects.flatMap((subject) => kept.find((login) => login.subject === subject) ?? [])
  return preferred[0] ?? (kept.length === 1 && !wanted.strict ? kept[0] : undefined)
}

function sameUrl(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
}

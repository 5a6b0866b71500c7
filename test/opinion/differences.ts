// Where @sigstore/verify and we differ, and why: over the corpus and the vectors nothing else differs. The fixed side of
// each row is ours; `--paranoid` rejects either way.

export interface Difference {
  /** Our verdict: `accepted`, or the reason of our rejection. */
  readonly ours: RegExp
  /** Theirs. */
  readonly theirs: RegExp
  readonly why: string
}

const ACCEPTS = /^accepts$/

export const DIFFERENCES: readonly Difference[] = [
  {
    ours: /^accepted$/,
    theirs: /signature verification failed|digest mismatch/,
    why: 'it hashes with SHA-256 whatever the key: P-384 and P-521 with their own hash, as Fulcio and Rekor v2 have them, fail',
  },
  {
    ours: /^accepted$/,
    theirs: /SCT verification failed/,
    why:
      'it asks every SCT to be by a listed log, over the direct issuer, ' +
      'and holds the log’s window against the SCT’s own time; ' +
      'we ask for one, over any CA of the chain, and hold the window against the proven times',
  },
  {
    ours: /^accepted$/,
    theirs: /timestamp could not be verified/,
    why:
      'it refuses a signature for a timestamp of an authority outside the root, ' +
      'and takes no signer’s certificate from a token',
  },
  {
    ours: /^accepted$/,
    theirs: /invalid time/,
    why: 'it reads no fraction of a second in a timestamp, which RFC 3161 allows',
  },
  {
    ours: /^accepted$/,
    theirs: /Failed to verify certificate chain/,
    why:
      'it builds no chain where the authority is its root alone and the intermediate comes with the signature: ' +
      'a bundle of version 0.3 has no place for it',
  },
  {
    ours: /^chain: identity: |^chain: (DER|extension|UTF8String|extKeyUsage|BIT STRING): /,
    theirs: ACCEPTS,
    why:
      'it reads of a certificate what it needs, not strictly, ' +
      'and asks neither for a name nor for an issuer: its caller’s policy does',
  },
  {
    ours: /^chain: the signing certificate is (not for|a CA)|^chain: unknown critical extension/,
    theirs: ACCEPTS,
    why: 'of the leaf it checks neither key usage, purpose and basic constraints nor critical extensions',
  },
  {
    ours: /^chain: a root stands in the signature/,
    theirs: ACCEPTS,
    why: 'certificates beside the leaf are not in a bundle of version 0.3, so it does not see them',
  },
  {
    ours: /^log: the log entry is about another signature/,
    theirs: ACCEPTS,
    why: 'the body of the entry is not in a signature of Git: for the bundle it is rebuilt, and so is right',
  },
  {
    ours: /^log: (checkpoint: |the checkpoint is of another )/,
    theirs: ACCEPTS,
    why: 'with a SET it looks at no inclusion proof and no checkpoint; it accepts other origins and loose notes',
  },
  {
    ours: /^log: the (index of the )?inclusion proof|^log: the log entry has no inclusion proof|^log: the checkpoint/,
    theirs: ACCEPTS,
    why: 'with a SET it looks at no inclusion proof and no checkpoint',
  },
  {
    ours: /^log: the log that the entry names was not valid/,
    theirs: ACCEPTS,
    why: 'it holds a log’s window against integratedTime, which for Rekor v2 is nothing',
  },
  {
    ours: /^log: the log entry has another index/,
    theirs: ACCEPTS,
    why: 'no signature covers the index of a v2 entry; it shows none',
  },
  {
    ours: /^log: the (signed entry timestamp|time of the v2 log entry) is not proven/,
    theirs: ACCEPTS,
    why: 'it takes any proven time for any entry; we ask v1 for its SET and v2 for a timestamp',
  },
  {
    ours: /^sct: /,
    theirs: ACCEPTS,
    why: 'it reads SCTs less strictly: version, algorithm and trailing bytes are not looked at',
  },
  {
    ours: /^time: the proven time lies in the future/,
    theirs: ACCEPTS,
    why: 'it has no clock',
  },
  {
    ours: /^time: /,
    theirs: ACCEPTS,
    why: 'it reads timestamp tokens less strictly: DER, version, signed content type, ESS attribute, one signer, fractions',
  },
]

/** The lines of the table in SECURITY.md. */
export function differencesTable(): readonly string[] {
  const word = ({ source }: RegExp) => /^\^(\w+): /.exec(source)?.[1]
  const rows = DIFFERENCES.map(({ ours, theirs, why }) => {
    const check = word(ours)
    const own = check === undefined ? 'accepts' : `rejects: ${check}`
    return `| ${own} | ${theirs === ACCEPTS ? 'accepts' : 'rejects'} | ${why} |`
  })
  return ['| gitsigil | @sigstore/verify | why |', '|---|---|---|', ...rows]
}

// What GnuPG says on its status descriptor (gnupg doc/DETAILS) of one import or one verification. Exactly one signature,
// good and by a known key, is good; two, or any other word about one, are not.

/** Fingerprints of the primary keys that an import brought. */
export function importedKeys(status: string): readonly string[] {
  return wordsOf(status, 'IMPORT_OK').map(([, fingerprint]) => fingerprint ?? '')
}

const BAD = ['BADSIG', 'ERRSIG', 'EXPSIG', 'REVKEYSIG', 'NO_PUBKEY', 'FAILURE'] as const

/**
 * The fingerprint of the primary key that made the one good signature, or why there is none. A key that has expired since
 * is as good as before: it proves no time at all, and counts for as long as the policy holds it.
 */
export function goodKey(status: string): { readonly fingerprint: string } | { readonly why: string } {
  const bad = BAD.find((word) => wordsOf(status, word).length > 0)
  if (bad !== undefined) return { why: WHY[bad] }
  const good = [...wordsOf(status, 'GOODSIG'), ...wordsOf(status, 'EXPKEYSIG')]
  const [valid, ...more] = wordsOf(status, 'VALIDSIG')
  const fingerprint = valid?.[9]
  if (good.length !== 1 || more.length > 0 || fingerprint === undefined)
    return { why: 'gpg does not find one good signature' }
  return { fingerprint }
}

const WHY: Readonly<Record<(typeof BAD)[number], string>> = {
  BADSIG: 'the OpenPGP signature is wrong',
  ERRSIG: 'the OpenPGP signature is by a key that is not in the policy',
  EXPSIG: 'the OpenPGP signature has expired',
  REVKEYSIG: 'the OpenPGP key was revoked',
  NO_PUBKEY: 'the OpenPGP signature is by a key that is not in the policy',
  FAILURE: 'gpg cannot check the OpenPGP signature',
}

/** The fields of each line with this keyword. */
function wordsOf(status: string, keyword: string): readonly (readonly string[])[] {
  const start = `[GNUPG:] ${keyword}`
  return status.split('\n').flatMap((line) => {
    if (line !== start && !line.startsWith(`${start} `)) return []
    return [line.slice(start.length + 1).split(' ')]
  })
}

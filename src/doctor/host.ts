// Whether the place where a repository is hosted shows such signatures as verified. What is known of each, in one line.
import { type Finding, ok, warn } from './finding.ts'

const UNVERIFIED = "its page says Unverified; the signature is good all the same, and 'gitsigil verify' shows it"

/** By a part of the host's name. */
const HOSTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /(^|\.)github\.com$/,
    'GitHub',
    'does not have the Sigstore root among those it trusts, and wants certificates that are valid today',
  ],
  [/(^|\.)gitlab\./, 'GitLab', 'trusts the CAs of its own list alone, which has no Sigstore'],
  [/(^|\.)bitbucket\.org$/, 'Bitbucket', 'knows OpenPGP and SSH signatures alone'],
  [/(^|\.)codeberg\.org$/, 'Codeberg', 'knows OpenPGP and SSH signatures alone'],
]

/** @param urls of the repository's remotes, in any form that Git takes */
export function checkHosts(urls: readonly string[]): readonly Finding[] {
  const hosts = [...new Set(urls.flatMap((url) => hostOf(url) ?? []))]
  if (hosts.length === 0) return [ok('host', 'no remote on another machine')]
  return hosts.map((host) => {
    const known = HOSTS.find(([pattern]) => pattern.test(host))
    if (known === undefined)
      return warn(
        'host',
        `${host}: not known whether it shows such signatures as verified`,
        'look at a signed commit there',
      )
    const [, name, why] = known
    return warn('host', `${name} ${why}`, UNVERIFIED)
  })
}

/** The host of `https://HOST/`, `ssh://git@HOST:22/` or `git@HOST:path`; undefined for a path on this machine. */
export function hostOf(url: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url))
    return (URL.canParse(url) && new URL(url).hostname.toLowerCase()) || undefined
  const [, host] = /^(?:[^@/:]+@)?([^/:@]{2,}):/.exec(url) ?? []
  return host?.toLowerCase()
}

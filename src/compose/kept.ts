// Configuration becomes the logins that are kept: whose, at which issuer of which instance, in which keychain.

import { parseWanted } from '../oidc/confirm.ts'
import type { KeptWanted } from '../oidc/kept.ts'
import { type KeptLogins, openKeptLogins } from '../oidc/kept-client.ts'
import { gitValue } from '../system/git-config.ts'
import { openKeychain } from '../system/keychain.ts'
import type { Configured } from './assessor.ts'
import type { LoginDoor } from './login.ts'

/**
 * Opens the keychain, in at most two seconds, unless `gitsigil.keychain` is false.
 * @param note a line that a person should see; foreign text in it is not escaped yet
 */
export async function composeKept(
  configured: Configured,
  { instance, door }: { readonly instance: string; readonly door: Pick<LoginDoor, 'issuer' | 'refresh' | 'revoke'> },
  note: (text: string) => void,
): Promise<KeptLogins> {
  const { settings, world } = configured
  return await openKeptLogins(wantedOf(configured, instance, door.issuer), {
    open: () => openKeychain(world, { enabled: settings.keychain }),
    refresh: (secret) => door.refresh(secret),
    revoke: ({ issuer }, secret) => door.revoke(issuer, secret),
    note,
  })
}

// The identities that are configured and no others, else the committer's first.
function wantedOf({ settings, git }: Configured, instance: string, issuer: string): KeptWanted {
  const configured = settings.identity.map((text) => parseWanted(text).subject)
  const email = gitValue(git, 'user.email')
  const committer = email === undefined ? [] : [email]
  const isConfigured = configured.length > 0
  return {
    instance,
    issuer,
    subjects: isConfigured ? configured : committer,
    strict: isConfigured || settings.matchCommitter,
  }
}

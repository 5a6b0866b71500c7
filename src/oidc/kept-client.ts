// Logins that outlive a run: refresh tokens in the system's keychain, one item an identity. A keychain that is locked,
// absent or stuck never stops anything: it is a note, and the login goes on without it.
import { Fault } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { isKeychain, type Keychain, type NoKeychain } from '../system/keychain.ts'
import { expectedIdentity } from './expected-identity.ts'
import { chooseKept, encodeAccount, type KeptLogin, type KeptWanted, parseAccount } from './kept.ts'
import type { Login } from './login.ts'
import type { IdentityToken } from './token.ts'

export interface KeptLogins {
  /** Why nothing can be kept; undefined where the keychain is open. */
  readonly why: string | undefined
  /** All of them, those of other instances and issuers included. */
  list(): Promise<readonly KeptLogin[]>
  /** The one that would be used, if any. */
  find(): Promise<KeptLogin | undefined>
  /** A new token from a kept login; undefined where there is none, or the issuer has ended it. Throws what `refresh` throws. */
  token(): Promise<IdentityToken | undefined>
  /** Keeps what was logged in. @returns why it was not kept */
  keep(login: Login): Promise<string | undefined>
  /**
   * Removes them here and has their issuers end them; what an issuer does not do is a note.
   * @returns why one could not be removed
   */
  forget(logins: readonly KeptLogin[]): Promise<string | undefined>
}

export interface KeptPorts {
  /** Opens the keychain, the first time that it is needed. */
  open(): Promise<Keychain | NoKeychain>
  /** Undefined where the issuer has no more of it. */
  refresh(refreshToken: Secret): Promise<Login | undefined>
  /** False where the login's issuer has no way to end it. */
  revoke(login: KeptLogin, refreshToken: Secret): Promise<boolean>
  /** One line that a person should see. */
  note(text: string): void
}

/** Asks for the keychain once. */
export async function openKeptLogins(wanted: KeptWanted, ports: KeptPorts): Promise<KeptLogins> {
  const opened = await ports.open()
  if (!isKeychain(opened)) return without(opened.why)
  const accounts = async () => (await quietly(() => opened.list())).value ?? []
  const keep = async ({ token, refreshToken }: Login) => {
    if (refreshToken === undefined) return 'the issuer gives no refresh token'
    const { instance, issuer } = wanted
    const account = encodeAccount({ instance, issuer, subject: expectedIdentity(token).subject })
    return (await quietly(() => opened.write(account, refreshToken))).why
  }
  const read = async (login: KeptLogin) => (await quietly(() => opened.read(encodeAccount(login)))).value
  const remove = async (login: KeptLogin) => (await quietly(() => opened.remove(encodeAccount(login)))).why
  const forgetEach = async (logins: readonly KeptLogin[], notes: string[]) => {
    for (const login of logins) {
      const secret = await read(login)
      const why = await remove(login)
      if (why !== undefined) return why
      if (secret !== undefined) await revoke(login, secret, { ...ports, note: (text) => void notes.push(text) })
    }
    return undefined
  }
  const forget = async (logins: readonly KeptLogin[]) => {
    const notes: string[] = []
    const why = await forgetEach(logins, notes)
    // When all of them are gone: where nobody reads, the first word ends the program.
    for (const note of notes) ports.note(note)
    return why
  }
  const find = async () => chooseKept(await accounts(), wanted)
  return {
    why: undefined,
    list: async () => (await accounts()).flatMap((account) => parseAccount(account) ?? []),
    find,
    keep,
    forget,
    async token() {
      const login = await find()
      const secret = login && (await read(login))
      if (login === undefined || secret === undefined) return undefined
      const renewed = await ports.refresh(secret)
      if (renewed === undefined) {
        ports.note(`the kept login of ${login.subject} has ended`)
        await remove(login)
        return undefined
      }
      // Many issuers give each refresh token once: the next must be kept, or the person is asked again.
      const why = isRotated(renewed, secret) ? await keep(renewed) : undefined
      if (why !== undefined) ports.note(`the login of ${login.subject} could not be kept: ${why}`)
      return renewed.token
    },
  }
}

async function revoke(login: KeptLogin, secret: Secret, ports: Pick<KeptPorts, 'revoke' | 'note'>): Promise<void> {
  const { subject, issuer } = login
  const tell = (why: string) =>
    ports.note(`${issuer} has not ended the login of ${subject}, which is kept no more: ${why}`)
  try {
    if (!(await ports.revoke(login, secret))) tell('it has no way to')
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    tell(thrown.message)
  }
}

function without(why: string): KeptLogins {
  const nothing = async () => undefined
  return { why, list: async () => [], find: nothing, token: nothing, keep: async () => why, forget: nothing }
}

function isRotated({ refreshToken }: Login, before: Secret): boolean {
  return refreshToken !== undefined && refreshToken.reveal() !== before.reveal()
}

async function quietly<T>(work: () => Promise<T>): Promise<{ readonly value?: T; readonly why?: string }> {
  try {
    return { value: await work() }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'io') return { why: thrown.message }
    throw thrown
  }
}

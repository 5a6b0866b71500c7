// Sends a mail by a server (RFC 5321): over TLS from the start, or by STARTTLS, which must come before anything is said;
// without TLS only within this machine. A certificate that does not verify ends it.
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { Fault } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { isLoopback } from './http-url.ts'

/** Where mails are handed over. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** TLS before the first word. */
  readonly isSecure: boolean
  readonly isLocal: boolean
  readonly user?: string
}

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  /** The message itself, lines ended by CR and LF. */
  readonly text: string
}

const TIMEOUT = 30_000

/** Reads `smtp://[USER@]HOST[:PORT]` or `smtps://...`. Throws `usage`; a password in it is refused, and not repeated. */
export function parseMailServer(text: string): MailServer {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSecure = url?.protocol === 'smtps:'
  const isOne = url !== undefined && (isSecure || url.protocol === 'smtp:') && URL.canParse(`http://${url.host}`)
  if (!isOne || url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    throw new Fault('usage', '--smtp is written smtps://[USER@]HOST[:PORT] or smtp://...')
  if (url.password !== '')
    throw new Fault('usage', '--smtp holds a password, which everybody on this machine could read', {
      hint: 'put it into GITSIGIL_SMTP_PASSWORD',
    })
  const user = userOf(url.username)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 465 : 587) : Number(url.port),
    isSecure,
    isLocal: isLoopback(new URL(`http://${url.host}`)),
    ...(user === '' ? {} : { user }),
  }
}

function userOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch (cause) {
    throw new Fault('usage', '--smtp: its USER is not percent-encoded as in a URL: % is written %25', { cause })
  }
}

/**
 * Gives why the server refuses this message for good, whoever it is for. Throws `network` where it takes none now, or not
 * for every one of the addressees.
 */
export async function sendMail(
  server: MailServer,
  password: Secret | undefined,
  mail: Mail,
): Promise<Fault | undefined> {
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.isSecure,
    // Without it whoever is in between says that there is no TLS, and reads the password.
    requireTLS: !server.isSecure && !server.isLocal,
    name: 'gitsigil.localhost',
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    tls: { minVersion: 'TLSv1.2' },
  })
  try {
    await new Promise<void>((resolve, reject) => {
      // What comes after the end concerns nobody, and must be heard all the same.
      connection.on('error', reject)
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    if (server.user !== undefined) await logIn(connection, server.user, password)
    await hand(connection, mail)
    return undefined
  } catch (cause) {
    const fault = unsent(server, cause)
    if (isRefusal(cause)) return fault
    throw fault
  } finally {
    connection.quit()
  }
}

function logIn(connection: SMTPConnection, user: string, password: Secret | undefined): Promise<void> {
  const pass = password?.reveal() ?? ''
  return new Promise((resolve, reject) =>
    connection.login({ user, pass, credentials: { user, pass } }, (error) => (error ? reject(error) : resolve())),
  )
}

async function hand(connection: SMTPConnection, { from, to, text }: Mail): Promise<void> {
  const info = await new Promise<{ readonly rejected: readonly string[] }>((resolve, reject) =>
    connection.send({ from, to: [...to] }, text, (error, sent) =>
      error || sent === undefined ? reject(error) : resolve(sent),
    ),
  )
  const [refused] = info.rejected
  if (refused !== undefined) throw new Error(`it does not take mail for ${refused}`)
}

/** That of a message which it was handed; a login, a sender or an addressee that it does not take is no word on a message. */
function isRefusal(cause: unknown): boolean {
  if (!(cause instanceof Error && 'code' in cause && 'responseCode' in cause)) return false
  return cause.code === 'EMESSAGE' && Number(cause.responseCode) >= 500
}

// A server may repeat what it was told: of its words the first line alone, and nothing of a login.
function unsent({ host, port }: MailServer, cause: unknown): Fault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const said = cause instanceof Error ? (cause.message.split(/[\r\n]/)[0] ?? '') : String(cause)
  const why = code === 'EAUTH' ? 'it refused the login' : said.slice(0, 200)
  const hint = code === 'EAUTH' ? { hint: 'GITSIGIL_SMTP_PASSWORD holds the password' } : {}
  return new Fault('network', `the mail server at ${host}:${port} did not take the mail: ${why}`, { cause, ...hint })
}

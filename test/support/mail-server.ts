// A real mail server on loopback that keeps what it is handed. It is closed when the test ends.
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
  readonly user: string | undefined
  readonly isSecure: boolean
}

export interface MailServerHere {
  readonly port: number
  readonly mails: readonly TakenMail[]
  /** Passwords that were tried. */
  readonly tried: readonly string[]
}

/** @param judge the code that a message is answered with; what it refuses is not among the mails */
export async function serveMail(
  options: SMTPServerOptions = {},
  judge: (text: string) => number = () => 250,
): Promise<MailServerHere> {
  const mails: TakenMail[] = []
  const tried: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: options.secure === true || options.key !== undefined ? [] : ['STARTTLS'],
    onAuth({ username, password }, _, done) {
      tried.push(password ?? '')
      if (password === 'right') done(null, { user: username ?? '' })
      else done(new Error(`no, not ${password}`))
    },
    onRcptTo({ address }, _, done) {
      done(address.startsWith('nobody@') ? new Error('nobody here') : null)
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const text = Buffer.concat(parts).toString()
        const responseCode = judge(text)
        if (responseCode !== 250) return done(Object.assign(new Error('not this one'), { responseCode }))
        mails.push({
          from: mailFrom === false ? '' : (mailFrom?.address ?? ''),
          to: rcptTo.map(({ address }) => address),
          text,
          user: session.user === undefined ? undefined : String(session.user),
          isSecure: session.secure,
        })
        done()
      })
    },
    ...options,
  })
  // Whoever does not trust its certificate hangs up.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { port, mails, tried }
}

/** Header and decoded body of a message whose body is base64. */
export function readMail(text: string): { readonly header: readonly string[]; readonly body: string } {
  const cut = text.indexOf('\r\n\r\n')
  return { header: text.slice(0, cut).split('\r\n'), body: Buffer.from(text.slice(cut), 'base64').toString() }
}

import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/secret.ts'
import { type MailServer, parseMailServer, sendMail } from '../../src/system/smtp.ts'
import { faultOf } from '../support/faults.ts'
import { serveMail } from '../support/mail-server.ts'
import { makeSelfSigned } from '../support/self-signed.ts'

const mail = {
  from: 'from@example.com',
  to: ['a@example.com', 'b@example.com'],
  text: 'Subject: x\r\n\r\nbody\r\n.\r\nend\r\n',
}
const at = (port: number, more: Partial<MailServer> = {}): MailServer => ({
  ...{ host: '127.0.0.1', port, isSecure: false, isLocal: true },
  ...more,
})

test('a mail arrives as it is, dots and all', async () => {
  const { port, mails } = await serveMail()
  await sendMail(at(port), undefined, mail)
  expect(mails).toEqual([{ ...mail, user: undefined, isSecure: false }])
})

describe('a login', () => {
  test('is made with the password of the environment', async () => {
    const { port, mails } = await serveMail({ authOptional: false })
    await sendMail(at(port, { user: 'kim' }), new Secret('right'), mail)
    expect(mails).toMatchObject([{ user: 'kim' }])
  })

  test('that is refused is a fault which does not repeat the password', async () => {
    const { port, tried } = await serveMail()
    const fault = await faultOf(sendMail(at(port, { user: 'kim' }), new Secret('hunter2'), mail))
    expect(fault).toMatchObject({ code: 'network', message: expect.stringContaining('it refused the login') })
    expect([tried, fault.message.includes('hunter2')]).toEqual([['hunter2'], false])
  })

  test('is not tried without TLS where the server is not this machine', async () => {
    const { port, tried, mails } = await serveMail()
    const sent = sendMail(at(port, { user: 'kim', isLocal: false }), new Secret('right'), mail)
    expect(await faultOf(sent)).toMatchObject({ code: 'network' })
    expect([tried, mails]).toEqual([[], []])
  })
})

test('an addressee who is refused is a fault', async () => {
  const { port } = await serveMail()
  const sent = sendMail(at(port), undefined, { ...mail, to: ['a@example.com', 'nobody@example.com'] })
  expect(await faultOf(sent)).toMatchObject({ code: 'network', message: expect.stringContaining('nobody@example.com') })
})

test('a message that is refused for good is not one that may be taken later, nor is an addressee', async () => {
  let code = 552
  const { port, mails } = await serveMail({}, () => code)
  expect(await sendMail(at(port), undefined, mail)).toMatchObject({
    code: 'network',
    message: expect.stringContaining('not this one'),
  })
  code = 451
  expect(await faultOf(sendMail(at(port), undefined, mail))).toMatchObject({ code: 'network' })
  code = 250
  expect(await faultOf(sendMail(at(port), undefined, { ...mail, to: ['nobody@example.com'] }))).toMatchObject({
    code: 'network',
  })
  expect(await sendMail(at(port), undefined, mail)).toBeUndefined()
  expect(mails).toHaveLength(1)
})

test('a server that is not there is a fault', async () => {
  const { port } = await serveMail()
  expect(await faultOf(sendMail(at(port === 65_535 ? 1 : port + 1), undefined, mail))).toMatchObject({
    code: 'network',
  })
})

describe('a certificate that nobody vouches for ends it', () => {
  const { key, cert } = makeSelfSigned()
  const tls = { key, cert }

  test.each([
    ['from the start', true],
    ['by STARTTLS', false],
  ])('%s', async (_, isSecure) => {
    const { port, mails, tried } = await serveMail({ ...tls, secure: isSecure })
    const sent = sendMail(at(port, { isSecure, user: 'kim' }), new Secret('right'), mail)
    expect(await faultOf(sent)).toMatchObject({ code: 'network', message: expect.stringMatching(/self.signed/i) })
    expect([tried, mails]).toEqual([[], []])
  })
})

test.each([
  ['smtps://mail.example', { host: 'mail.example', port: 465, isSecure: true, isLocal: false }],
  [
    'smtp://kim%40example.com@mail.example/',
    { host: 'mail.example', port: 587, isSecure: false, isLocal: false, user: 'kim@example.com' },
  ],
  ['smtp://[::1]:2525', { host: '::1', port: 2525, isSecure: false, isLocal: true }],
])('%s names a server', (text, server) => {
  expect(parseMailServer(text)).toEqual(server)
})

test.each(['http://mail.example', 'smtp://', 'smtp://mail.example/x', 'smtp://mail.example?x', 'mail.example:25'])(
  '%s names none',
  (text) => {
    expect(() => parseMailServer(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  },
)

test('a password on the command line is refused, and not repeated', () => {
  expect(() => parseMailServer('smtps://kim:hunter2@mail.example')).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.not.stringContaining('hunter2') }),
  )
})

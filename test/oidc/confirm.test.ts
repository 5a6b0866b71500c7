import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type ConfirmMode,
  type ConfirmPorts,
  checkWanted,
  confirmIdentity,
  parseWanted,
} from '../../src/oidc/confirm.ts'
import { confirmedIn } from '../../src/oidc/confirmed-client.ts'
import { token } from '../support/token.ts'

const kim = token({ email: 'kim@example.com', email_verified: true })
const behindDex = token({
  email: 'kim@example.com',
  email_verified: true,
  federated_claims: { connector_id: 'https://accounts.google.com' },
})

describe('who may sign', () => {
  const check = (given: Parameters<typeof checkWanted>[0], identities: readonly string[]) => () =>
    checkWanted(given, { identities: identities.map(parseWanted) })

  test('is anybody where no identity is configured', () => {
    expect(check(kim, [])).not.toThrow()
  })

  test.each([
    ['the subject', 'kim@example.com'],
    ['issuer and subject', 'https://issuer.test kim@example.com'],
  ])('is the configured one by %s, among several', (_, identity) => {
    expect(check(kim, ['lee@example.com', identity])).not.toThrow()
  })

  test.each([
    ['another subject', 'lee@example.com'],
    ['another issuer', 'https://elsewhere.test kim@example.com'],
    ['a subject in other letters', 'Kim@example.com'],
  ])('is nobody with %s', (_, identity) => {
    expect(check(kim, [identity])).toThrow(
      `the identity kim@example.com (https://issuer.test) is not the one to sign as: ${identity}`,
    )
  })

  test('is compared with the issuer that the certificate will name', () => {
    expect(check(behindDex, ['https://accounts.google.com kim@example.com'])).not.toThrow()
    expect(check(behindDex, ['https://issuer.test kim@example.com'])).toThrow('is not the one to sign as')
  })
})

describe('matchCommitter', () => {
  const check = (given: Parameters<typeof checkWanted>[0], name: string, email: string) => () =>
    checkWanted(given, { identities: [], committer: { name, email } })

  test('an address must be user.email', () => {
    expect(check(kim, 'Kim', 'kim@example.com')).not.toThrow()
    expect(check(kim, 'kim@example.com', 'kim@private.example')).toThrow(
      'the identity kim@example.com is not the committer kim@private.example',
    )
  })

  test('a URI must be user.name', () => {
    const workload = token({ sub: 'https://example.com/robot' })
    expect(check(workload, 'https://example.com/robot', 'kim@example.com')).not.toThrow()
    expect(check(workload, 'Kim', 'https://example.com/robot')).toThrow('is not the committer Kim')
  })

  test('an unconfigured person is nobody', () => {
    expect(check(kim, '', '')).toThrow('(none configured)')
  })
})

describe('what will be public', () => {
  function ports(answer?: string) {
    const [told, asked, known]: [string[], string[], Set<string>] = [[], [], new Set()]
    const all: ConfirmPorts = {
      isKnown: (line) => known.has(line),
      remember: (line) => void known.add(line),
      tell: (text) => void told.push(text),
      ...(answer === undefined
        ? {}
        : {
            ask: async (question) => {
              asked.push(question)
              return answer
            },
          }),
    }
    return { all, told, asked, known }
  }
  const confirm = (all: ConfirmPorts, mode: ConfirmMode = 'true', given = kim, instance = 'public-good') =>
    confirmIdentity(given, { instance, mode }, all)

  test('is shown and asked about once for each identity', async () => {
    const { all, told, asked, known } = ports('y')
    await confirm(all)
    await confirm(all)
    expect(told.join('')).toBe(
      'gitsigil: this name and issuer will be public for ever, in each signature and in the logs of public-good:\n\n' +
        '    kim@example.com\n    https://issuer.test\n\n',
    )
    expect(asked).toHaveLength(1)
    await confirm(all, 'true', kim, 'sandbox')
    await confirm(all, 'true', behindDex)
    expect([...known]).toEqual([
      'public-good https://issuer.test kim@example.com',
      'sandbox https://issuer.test kim@example.com',
      'public-good https://accounts.google.com kim@example.com',
    ])
  })

  test.each(['n', '', 'yesterday', 'nay'])('is not published after the answer %j', async (answer) => {
    const { all, known } = ports(answer)
    await expect(confirm(all)).rejects.toThrow('you did not want this identity published; nothing was')
    expect([...known]).toEqual([])
  })

  test('is shown where nobody can answer', async () => {
    const { all, told } = ports()
    await confirm(all)
    await confirm(all)
    expect(told).toHaveLength(1)
  })

  test('is published there only unless it must always be confirmed', async () => {
    await expect(confirm(ports().all, 'always')).rejects.toThrow('nobody confirmed that this identity published')
  })

  test('is not mentioned where that is switched off', async () => {
    const { all, told, asked } = ports('n')
    await confirm(all, 'false')
    expect([...told, ...asked]).toEqual([])
  })

  test('moves no cursor', async () => {
    const { all, told } = ports()
    await confirm(all, 'true', token({ email: 'kim\u001b[2J@example.com', email_verified: true }))
    expect(told.join('')).not.toContain('\u001b')
  })
})

describe('the file of confirmed identities', () => {
  function file() {
    const folder = mkdtempSync(join(tmpdir(), 'gitsigil-confirmed-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    return join(folder, 'gitsigil', 'confirmed')
  }

  test('is for its owner alone and holds one identity a line', () => {
    const path = file()
    const { isKnown, remember } = confirmedIn(path)
    expect(isKnown('a b c')).toBe(false)
    remember('a b c')
    remember('d e f')
    expect(readFileSync(path, 'utf8')).toBe('a b c\nd e f\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect([isKnown('a b c'), isKnown('a b')]).toEqual([true, false])
  })

  test('cannot be made to hold another identity by a line feed', () => {
    const { isKnown, remember } = confirmedIn(file())
    remember('a b c\nd e f')
    expect([isKnown('a b c\nd e f'), isKnown('d e f')]).toEqual([true, false])
  })

  test('that cannot be written costs a question, not a signature', () => {
    const { isKnown, remember } = confirmedIn('/dev/null/confirmed')
    remember('a b c')
    expect(isKnown('a b c')).toBe(false)
  })
})

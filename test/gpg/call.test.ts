import { describe, expect, test } from 'vitest'
import { findStatusFd, parseGitCall } from '../../src/gpg/call.ts'

const sign = { action: 'sign', armor: true, key: 'KEY', payload: '-', output: '-', hints: [] }

describe('the ways in which signing is asked for', () => {
  test('Git', () => {
    expect(parseGitCall(['--status-fd=2', '-bsau', 'KEY'])).toEqual({ ...sign, statusFd: 2 })
  })

  test('EGit: the status descriptor as two words, and an output of -', () => {
    const args = ['-bsau', 'KEY', '--batch', '--no-tty', '--status-fd', '2', '--output', '-']
    expect(parseGitCall(args)).toEqual({ ...sign, statusFd: 2 })
  })

  test("gitsign's long flags", () => {
    const args = ['--sign', '--detach-sign', '--armor', '--local-user=KEY', '--status-fd=1']
    expect(parseGitCall(args)).toEqual({ ...sign, statusFd: 1 })
  })

  test('a key attached to its letter', () => {
    expect(parseGitCall(['-bsauKEY'])).toEqual(sign)
  })

  test('a key that looks like a flag is a key', () => {
    expect(parseGitCall(['-bsau', '-x', '--status-fd=2'])).toEqual({ ...sign, key: '-x', statusFd: 2 })
  })

  test('the deprecated --detached-sign still works and says so', () => {
    const call = parseGitCall(['--sign', '--detached-sign', '-a', '-u', 'KEY'])
    expect(call).toEqual({ ...sign, hints: ['--detached-sign is deprecated: use --detach-sign'] })
  })

  test('--include-certs is read, and other values than the default are told to have no effect', () => {
    expect(parseGitCall(['-bsau', 'KEY', '--include-certs=-2'])).toEqual(sign)
    expect(parseGitCall(['-bsau', 'KEY', '--include-certs', '1'])).toMatchObject({
      hints: ['--include-certs has no effect: the leaf alone is stored'],
    })
  })

  test('a negative status descriptor is none, as in gitsign', () => {
    expect(parseGitCall(['-bsau', 'KEY', '--status-fd=-1'])).toEqual(sign)
  })
})

test('flags of the option table are taken at both doors, as the configuration takes them', () => {
  expect(parseGitCall(['-bsau', 'KEY', '--identity-token', '/run/token', '--instance=work'])).toEqual({
    ...sign,
    flags: new Map([
      ['identity-token', ['/run/token']],
      ['instance', ['work']],
    ]),
  })
  const call = parseGitCall(['--allow', 'a b', '--allow=c d', '--insecure-ignore-sct', '--verify', 'sig', '-'])
  expect(call).toMatchObject({ action: 'verify', signature: 'sig', payload: '-' })
  expect(call).toHaveProperty(
    'flags',
    new Map([
      ['allow', ['a b', 'c d']],
      ['insecure-ignore-sct', ['true']],
    ]),
  )
})

describe('the ways in which verification is asked for', () => {
  test('Git', () => {
    const call = parseGitCall(['--status-fd=1', '--verify', '/tmp/sig', '-'])
    expect(call).toEqual({ action: 'verify', statusFd: 1, signature: '/tmp/sig', payload: '-' })
  })

  test('Git for a key format of its own', () => {
    const call = parseGitCall(['--keyid-format=long', '--status-fd=1', '--verify', 'sig', 'payload'])
    expect(call).toEqual({ action: 'verify', statusFd: 1, signature: 'sig', payload: 'payload' })
  })

  test('without a status descriptor', () => {
    expect(parseGitCall(['-v', 'sig', '-'])).toEqual({ action: 'verify', signature: 'sig', payload: '-' })
  })
})

test.each([['--list-keys'], ['--list-secret-keys', 'KEY'], ['--locate-keys', '--with-colons', '--batch', 'KEY']])(
  'a listing: %s',
  (...args) => {
    expect(parseGitCall(args)).toEqual({ action: 'list' })
  },
)

test('--version is answered', () => {
  expect(parseGitCall(['--version'])).toEqual({ action: 'version' })
})

describe('refused', () => {
  test.each([
    [['--verify', 'sig'], 'expected --verify SIGNATURE PAYLOAD, the payload a file or -'],
    [['--verify', 'a', 'b', 'c'], 'expected --verify SIGNATURE PAYLOAD, the payload a file or -'],
    [['--verify', '-bsau', 'KEY'], 'one of --sign and --verify is needed'],
    [['--armor'], 'one of --sign and --verify is needed'],
    [['--sign', '-a'], 'only detached signatures are made: add --detach-sign'],
    [['-bsau'], '--local-user needs a value'],
    [['-bsau', 'KEY', '--status-fd'], '--status-fd needs a value'],
    [['-bsau', 'KEY', '--status-fd=two'], '--status-fd is not a descriptor: "two"'],
    [['-bsau', 'KEY', '--status-fd=0'], '--status-fd is not a descriptor: "0"'],
    [['-bsau', 'KEY', '--status-fd=1', '--status-fd=2'], '--status-fd is given twice'],
    [['-bsau', 'KEY', '-u', 'OTHER'], '--local-user is given twice'],
    [['-bsau', 'KEY', '--include-certs=all'], '--include-certs is not a number'],
    [['-bsau', 'KEY', '--identity-token'], '--identity-token needs a value'],
    [['-bsau', 'KEY', '--instance=a', '--instance=b'], '--instance is given twice'],
    [['--verfy', 'sig', '-'], 'unknown flag "--verfy"'],
    [['--armor=yes', '-bs'], 'unknown flag "--armor=yes"'],
    [['--constructor', '-bs'], 'unknown flag "--constructor"'],
    [['-bsx'], 'unknown flag -x'],
    [['-bsau', 'KEY', 'one', 'two'], 'one payload at a time'],
  ])('%j', (args, message) => {
    expect(() => parseGitCall(args)).toThrow(expect.objectContaining({ code: 'usage', message }))
  })
})

describe('the status descriptor of a call that is wrong otherwise', () => {
  test.each([
    [['--bogus', '--status-fd=1'], 1],
    [['--status-fd', '2', '--bogus'], 2],
    [['--status-fd'], undefined],
    [['--status-fd=x'], undefined],
    [['--status-fd=0'], undefined],
    [[], undefined],
  ])('%j', (args, fd) => {
    expect(findStatusFd(args)).toBe(fd)
  })
})
